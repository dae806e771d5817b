# syntax=docker/dockerfile:1
# This file practises what the bot asks about; the comments are the answers.

# A tag names a version but can move. For a build that never changes, pin what the tag means today:
#   docker buildx imagetools inspect python:3.13-slim   ->   FROM python:3.13-slim@sha256:...
# slim and not alpine: google-re2 has no wheel for musl, and a compiler would be needed.
ARG PYTHON_IMAGE=python:3.13-slim

# Everything that is needed to build, and nothing of it ships.
FROM ${PYTHON_IMAGE} AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src

# The manifest before the source: this slow layer is kept until a lock changes, whatever else is edited.
# Hashes make a tampered or replaced package fail. The cache mount keeps downloads out of the layer.
COPY requirements/all.txt requirements/build.txt requirements/
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/interview-bot \
    && /opt/interview-bot/bin/python -m pip install --require-hashes --only-binary :all: -r requirements/all.txt \
    && python -m pip install --require-hashes --only-binary :all: -r requirements/build.txt

# The source changes most often, so it comes last. A wheel and not an editable install: the final stage
# has no checkout. No secret passes through ARG or ENV, where `docker history` would show it.
COPY pyproject.toml LICENSE README.md ./
COPY questions questions
COPY migrations migrations
COPY interview_bot interview_bot
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
    && /opt/interview-bot/bin/python -m pip install --no-deps --no-index /tmp/wheel/*.whl \
    && /opt/interview-bot/bin/python -m pip uninstall --yes pip

# What ships: the interpreter and one virtual environment. No pip in it, no compiler, no source, no cache.
FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="interview-bot" \
      org.opencontainers.image.description="A mock-interview partner for Slack, Discord, the terminal and the browser" \
      org.opencontainers.image.licenses="Apache-2.0"

# The model's client trusts the system's certificates, which slim does not promise to have; pictures need a font.
# Unpinned on purpose: an old package of root certificates is worse than a build that differs.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*

# A number, so that Kubernetes' runAsNonRoot can see that it is not root. No shell, no home to write to.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin interview-bot

# Owned by root: a break-in cannot change the code that it broke into.
COPY --from=builder /opt/interview-bot /opt/interview-bot

# Unbuffered: a log line is out before a crash. HOST: in a container loopback would be reachable by nobody.
ENV PATH=/opt/interview-bot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    INTERVIEW_BOT_HOST=0.0.0.0

USER 10001:10001
EXPOSE 3000

# Python, because slim has no curl. Exit code 1 for anything but 200: urlopen raises.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:3000/healthz', timeout=4)"]

# Exec form: the bot is process 1 and gets the signal itself, finishes its transaction and leaves.
STOPSIGNAL SIGTERM
ENTRYPOINT ["interview-bot"]
CMD ["serve"]
