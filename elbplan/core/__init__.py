"""The core: addresses, resources, changes, plans. Pure data: it uses no AWS client, no YAML and no terminal."""
