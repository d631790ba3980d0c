# The program in a small image: build your own FROM it and let it start your command with credentials that stay
# fresh:
#
#   docker build -t daypass .
#   docker run --rm -v "$PWD/config.toml:/etc/daypass/config.toml:ro" daypass CMD…

FROM swift:6.3-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends libcurl4-openssl-dev libssl-dev libqrencode-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source

# Packages first: they change seldom, and a layer of their own spares fetching them for every change of the source.
COPY Package.swift ./
RUN swift package resolve
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product daypass \
 && install -D -s "$(swift build -c release --static-swift-stdlib --show-bin-path)/daypass" /staged/daypass

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libcurl4 libqrencode4 libssl3 libstdc++6 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --home-dir /home/daypass --shell /usr/sbin/nologin daypass
COPY --from=build /staged/daypass /usr/local/bin/daypass
USER 10001:10001
ENV HOME=/home/daypass
ENTRYPOINT ["daypass", "exec", "--"]
