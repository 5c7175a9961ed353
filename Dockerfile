# The major and the distribution are pinned; patches of Node and Debian come with each build.
FROM node:24-bookworm-slim

ENV NODE_ENV=production HOST=0.0.0.0 HOLDPOINT_DATA=/data
WORKDIR /app

# No dependency needs an install script, so none may run one.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

COPY policy.example.yaml ./
COPY commands ./commands
COPY db ./db
COPY src ./src

# Embedded database and keys. With DATABASE_URL nothing is written here.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node

EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# What `npm start` runs, without npm: a SIGTERM reaches the program itself.
CMD ["node", "--max-old-space-size=512", "--max-semi-space-size=8", "src/holdpoint.mjs"]
