"""Speed on the device: what a run of the model over minutes says, the machine it ran on, and the load beside it."""
