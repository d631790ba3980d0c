# The program in a small image: build your own FROM it and let it start your command with credentials that stay
# fresh:
#
#   docker build -t daypass .
#   docker run --rm -v "$PWD/config.toml:/etc/daypass/config.toml:ro" daypass CMD…

FROM swift:6.3-bookworm AS build
WORKDIR /source

# Packages first: they change seldom, and a layer of their own spares fetching them for every change of the source.
COPY Package.swift ./
RUN swift package --scratch-path .build-release resolve
COPY ci ci
COPY Sources Sources
COPY Tests Tests
RUN ci/build --bundle /opt/daypass

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --home-dir /home/daypass --shell /usr/sbin/nologin daypass
# Whole in itself: COPY --from this image puts it into any other, whatever that is based on.
COPY --from=build /opt/daypass /opt/daypass
RUN ln -s /opt/daypass/bin/daypass /usr/local/bin/daypass
USER 10001:10001
ENV HOME=/home/daypass
ENTRYPOINT ["daypass", "exec", "--"]
