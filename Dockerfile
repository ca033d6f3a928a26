# One image, its role by the command: gateway (unless said otherwise), worker, admin (db migrate …), standalone.
#   docker build -t mooring . && docker run --rm mooring admin --help
# NOTE No engine has built it yet. What it does was done by hand without one: docs/operations/install.md, "What was not run".

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY nest-cli.json tsconfig.json ./
COPY scripts scripts
COPY apps apps
COPY libs libs
RUN npm run build

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production HEALTH_PORT=8777
WORKDIR /app
COPY package.json ./
COPY scripts scripts
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
# A volume that is mounted here takes over its owner and mode; whoever runs it may be another user.
RUN mkdir -p /var/lib/mooring && chown node:node /var/lib/mooring && chmod 1777 /var/lib/mooring
USER node
EXPOSE 8776
# Node is process 1 and takes SIGTERM itself: it drains, and exits 0.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "scripts/healthcheck.mjs"]
ENTRYPOINT ["node", "--max-semi-space-size=16", "scripts/run.mjs"]
CMD ["gateway"]
