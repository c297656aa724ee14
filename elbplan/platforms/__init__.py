"""What differs between Linux, macOS and Windows: locks of files, and processes. Nothing else asks for the platform."""
