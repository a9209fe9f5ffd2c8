"""What the acceptance programs share. They need numpy (Debian: python3-numpy)."""
