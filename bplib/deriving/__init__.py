"""From the equations of a model to the derivatives of its cost: the chain rule on entries, each step checked in numbers."""
