"""What TFMA calls back, and reading what it leaves."""
