"""The pure core: names, resources, changes, plans. Knows no AWS client, no YAML, no terminal."""
