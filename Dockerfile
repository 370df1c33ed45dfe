# A static binary in an empty image, not as root. Time zones and certificates of authorities come along.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /out/vrep ./cmd/vrep && mkdir -p /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/vrep /vrep
COPY --from=build --chown=nonroot:nonroot /out/data /data
ENV VREP_LISTEN=:8080 VREP_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
USER nonroot
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/vrep", "healthcheck"]
ENTRYPOINT ["/vrep"]
CMD ["serve"]
