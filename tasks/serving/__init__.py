"""The champion over HTTP: MLflow's model server on whichever version the registry's alias names."""
