# The image that every task of the pipeline runs in: Debian trixie, Python 3.11, the stack TFX 1.21, the project.
# `make image` builds it; docs/image.md says what is in it and how to run it.
#
# It needs to write to /tmp and nowhere else, so it runs with a read-only root file system. Neither an entry point nor
# a health check: Kubeflow and Vertex give each task its own command, and watch the process itself.
ARG BASE=docker.io/library/python:3.11-slim-trixie

# What changes seldom comes first: the locked packages, compiled to bytecode. The installer lies in /tmp and is gone with
# the step: mounted from a stage of its own, buildah 1.28 does not find it where that stage comes from the cache.
# TensorFlow's C++ headers go too: 430 MB that only a compiler reads. The settings of the machine that builds (package
# index, proxy, certificate authorities) come as secrets: they are seen during a step and are in no layer.
FROM ${BASE} AS dependencies
COPY requirements/bootstrap.lock requirements/image.lock /opt/locks/
RUN --mount=type=secret,id=settings,target=/run/secrets/settings \
    --mount=type=secret,id=authorities,target=/run/secrets/authorities \
    if [ -f /run/secrets/settings ]; then . /run/secrets/settings; fi \
    && python3.11 -m venv /tmp/tools \
    && /tmp/tools/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        -r /opt/locks/bootstrap.lock \
    && python3.11 -m venv --without-pip /opt/venv \
    && /tmp/tools/bin/uv pip install --python /opt/venv/bin/python --no-cache --no-deps --require-hashes \
        --build-constraints /opt/locks/bootstrap.lock --compile-bytecode -r /opt/locks/image.lock \
    && rm -rf /opt/venv/lib/python3.11/site-packages/tensorflow/include /tmp/*
# TensorFlow reads the first when it is imported, and a task of Kubeflow starts with TFX's code, not with ours. The others
# keep every file that a library writes below /tmp.
ENV PATH=/opt/venv/bin:$PATH \
    TF_USE_LEGACY_KERAS=1 \
    HOME=/tmp \
    TMPDIR=/tmp \
    KERAS_HOME=/tmp/keras \
    MPLCONFIGDIR=/tmp/matplotlib \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

# The project as setup.py installs it. A change of the code starts here, and takes seconds.
FROM ${BASE} AS project
COPY requirements/bootstrap.lock /tools/
RUN --mount=type=secret,id=settings,target=/run/secrets/settings \
    --mount=type=secret,id=authorities,target=/run/secrets/authorities \
    if [ -f /run/secrets/settings ]; then . /run/secrets/settings; fi \
    && python3.11 -m venv /tools/venv \
    && /tools/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        -r /tools/bootstrap.lock
COPY setup.py /project/
COPY modules /project/modules
COPY components /project/components
COPY pipeline /project/pipeline
RUN /tools/venv/bin/uv pip install --python /tools/venv/bin/python --no-cache --no-index --no-deps --no-build-isolation \
        --compile-bytecode --target /installed /project \
    && rm -f /installed/.lock

# `make test-image`: the same layers and, on top, what a developer has and the tests themselves.
FROM dependencies AS test
COPY requirements/tfx-1.21.lock /opt/locks/
RUN --mount=type=secret,id=settings,target=/run/secrets/settings \
    --mount=type=secret,id=authorities,target=/run/secrets/authorities \
    if [ -f /run/secrets/settings ]; then . /run/secrets/settings; fi \
    && python3.11 -m venv /tmp/tools \
    && /tmp/tools/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        -r /opt/locks/bootstrap.lock \
    && /tmp/tools/bin/uv pip install --python /opt/venv/bin/python --no-cache --no-deps --require-hashes \
        --compile-bytecode -r /opt/locks/tfx-1.21.lock \
    && rm -rf /tmp/*
COPY --from=project /installed /opt/venv/lib/python3.11/site-packages
WORKDIR /project
COPY . /project
USER 10001:10001

FROM dependencies AS runtime
WORKDIR /project
COPY --from=project /installed /opt/venv/lib/python3.11/site-packages
COPY LICENSE local_runner.py kubeflow_runner.py /project/
USER 10001:10001
CMD ["python", "local_runner.py", "--help"]
ARG REVISION=unknown
LABEL org.opencontainers.image.title="tfx-tabular-edge" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
