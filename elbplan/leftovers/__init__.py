"""What an account has of elbplan's stacks, and what AWS bills although it serves nobody."""
