"""SCIP: everything the language can say, also nonlinear and nonconvex."""
