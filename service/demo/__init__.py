"""The whole road on one machine: a stand-in org, a broker, a worker and the panel, all real processes."""
