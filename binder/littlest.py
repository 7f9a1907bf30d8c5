"""What a hub gives each student, for /opt/tljh/config/jupyterhub_config.d/ of The Littlest JupyterHub."""
c = get_config()  # noqa: F821  JupyterHub gives it

c.Spawner.mem_guarantee = "300M"
c.Spawner.mem_limit = "1G"
c.Spawner.cpu_limit = 1
c.Spawner.environment.update({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})
c.Spawner.default_url = "/lab"
