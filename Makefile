# What people do with this repository. Everything else is an npm script.

.DEFAULT_GOAL := help
.PHONY: help demo test test-node check bed image chart clean

IMAGE ?= cron-support-bundle:dev
TARGET ?= full
# More for the builder: --secret id=npmrc,src=FILE, --build-arg NODE_IMAGE=…, --platform …
IMAGE_FLAGS ?=

# npm scripts run on the Node that the dev dependency `node` brings, whatever the machine has.
node_modules: package-lock.json
	npm ci --no-audit --no-fund
	@touch node_modules

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: node_modules ## the main job on an embedded control plane (KEEP=1 leaves it running, DEMO_S3=minio)
	@npm run --silent demo

test: node_modules ## every test, the real parts included
	@npm test --silent

test-node: node_modules ## the tests on a real node alone: root, containerd and runc (others skip)
	@npm run --silent bed && npm run --silent test-node

check: node_modules ## format, lint, types, dead code, unit tests: seconds
	@npm run --silent check

bed: node_modules ## build the real parts that tests and the demo run on (once)
	@npm run --silent bed

image: ## build the image with buildah, podman or docker (IMAGE=name:tag TARGET=full|slim IMAGE_FLAGS=…)
	@engine=$$(command -v buildah || command -v podman || command -v docker) \
	  || { echo 'make image: none of buildah, podman, docker is installed' >&2; exit 1; }; \
	"$$engine" build --target $(TARGET) --tag $(IMAGE) \
	  --build-arg VERSION=$$(awk -F '"' '$$2 == "version" { print $$4; exit }' package.json) \
	  --build-arg REVISION=$$(git rev-parse --verify --quiet HEAD || echo unknown) \
	  $(IMAGE_FLAGS) .

chart: ## package the Helm chart into dist/
	@helm=$$(command -v helm || command -v test/bed/bin/helm) \
	  || { echo 'make chart: there is no helm: install it, or build one with: make bed' >&2; exit 1; }; \
	mkdir -p dist && "$$helm" package chart --destination dist

clean: ## remove what was built, the test bed's programs excepted
	rm -rf dist coverage node_modules
