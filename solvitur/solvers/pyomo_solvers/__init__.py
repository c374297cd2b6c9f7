"""A formulation as a Pyomo model, and the solvers that Pyomo finds on the machine."""
