"""Any network that can be written in index notation: its equations as text, and the layers that textbooks write."""
