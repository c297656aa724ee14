"""Reports of plans and of live stacks: HTML, Markdown, Mermaid, and the map as text and JSON."""
