# Two stages: build on Debian 12, run with only what is needed, as a user without rights, on a read-only root.
# tests/image.sh proves these very steps in a plain Debian root. Run it with a volume for /var/lib/congvu:
#   docker run --read-only -v congvu:/var/lib/congvu -p 127.0.0.1:8080:8080 congvu
FROM debian:12-slim AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev cmake ninja-build pkg-config python3 python3-yaml libldap-dev libmicrohttpd-dev libjansson-dev libcurl4-openssl-dev libcjose-dev libicu-dev libssl-dev libsystemd-dev libxlsxwriter-dev libpango1.0-dev libcairo2-dev zlib1g-dev libcsv-dev libzip-dev libexpat1-dev libqrencode-dev nodejs npm
COPY . /src
RUN cd /src && cmake --preset release -DCONSOLE=ON && cmake --build build/release --target congvud

FROM debian:12-slim
RUN printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slapd slapd-contrib ca-certificates fonts-liberation2 libmicrohttpd12 libjansson4 libicu72 libcurl4 libcjose0 libxlsxwriter4 libpangocairo-1.0-0 libcsv3 libzip4 libexpat1 libqrencode4 libsystemd0 && rm -f /usr/sbin/policy-rc.d && rm -rf /var/lib/apt/lists/* /var/lib/ldap /etc/ldap/slapd.d
RUN useradd --system --no-create-home --shell /usr/sbin/nologin congvu && install -d -o congvu -g congvu -m 700 /var/lib/congvu
COPY --from=build /src/build/release/service/congvud /usr/bin/congvud
USER congvu
VOLUME /var/lib/congvu
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s CMD ["/usr/bin/congvud", "healthcheck", "--url", "http://127.0.0.1:8080"]
ENTRYPOINT ["/usr/bin/congvud"]
# inside the container network, behind a published port of the host or a proxy
CMD ["serve", "--data-dir", "/var/lib/congvu", "--listen", "0.0.0.0:8080", "--plain-http", "true"]
