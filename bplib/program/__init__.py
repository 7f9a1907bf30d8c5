"""The typed array program between the equations of a model and everything that is printed from them."""
