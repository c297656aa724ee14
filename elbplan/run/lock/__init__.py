"""The lock of a stack: only one run at a time. Acquires it, renews it, and checks it before every write."""
