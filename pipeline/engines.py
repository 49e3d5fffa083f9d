"""How each engine runs Beam."""


def local_beam_args() -> list[str]:
    """Returns the options for running Beam in this process.

    The runner is named because a recent DirectRunner first tries to download another one; several processes were slower
    than one at 15,000 and at a million rows.
    """
    return ["--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner", "--direct_running_mode=in_memory"]
