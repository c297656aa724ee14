"""What a stack costs: prices, quantities and their sums. Pure: everything it needs comes in."""
