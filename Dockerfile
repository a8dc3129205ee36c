# syntax=docker/dockerfile:1
# Tawara as an image: libraries in one layer, its own classes in another, run by a user without rights.
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /source
COPY . .
RUN mvn -B -ntp -q -pl app -am -Dmaven.test.skip=true -Derrorprone.arguments=-parameters \
      package dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=/libraries \
 && mkdir /own && cp */target/tawara-*.jar /own/ && rm -f /libraries/tawara-*.jar

FROM eclipse-temurin:25-jre
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/tawara --create-home --shell /usr/sbin/nologin tawara
WORKDIR /opt/tawara
COPY build/java.options ./java.options
COPY --from=build /libraries ./libraries
COPY --from=build /own ./own
USER 10001
VOLUME /var/lib/tawara
ENV TAWARA_DATA_DIR=/var/lib/tawara TAWARA_HOST=0.0.0.0 TAWARA_LOG_FORMAT=json MALLOC_ARENA_MAX=2
EXPOSE 8000 5042
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["curl", "-sf", "http://127.0.0.1:5042/readyz"]
ENTRYPOINT ["java", "@/opt/tawara/java.options", "-XX:SharedArchiveFile=/var/lib/tawara/classes.jsa", "-cp", "/opt/tawara/own/*:/opt/tawara/libraries/*", "io.tawara.app.Main"]
CMD ["up"]
