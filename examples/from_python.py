"""Solve the five elements from Python, change a number, and go on with the Pyomo model."""

from pathlib import Path

import pyomo.environ as pyo

from solvitur import Formulation, solve

shipping = Formulation.from_file(Path(__file__).with_name("shipping.json"))
solution = solve(shipping)
print(solution)

# A formulation is data: another one is a copy with another number.
data = shipping.model_dump()
data["parameters"][1]["default"] = 20
narrower = solve(Formulation.model_validate(data))
print(f"With roads for 20 t: {narrower.objective:g} USD instead of {solution.objective:g} USD")

# The model that was solved is a Pyomo model like any other.
model = solution.pyomo_model
assert model is not None
model.flow["mill", "depot"].setub(30)
pyo.SolverFactory("appsi_highs").solve(model)
print(f"With 30 t to the depot at most: {pyo.value(model.objective):g} USD")
