"""This machine's own Prefect server, MLflow server and worker."""

from tasks.servers.local_servers import down, render, standing, up
