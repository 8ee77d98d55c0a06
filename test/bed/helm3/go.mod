module cron-support-bundle/test/bed/helm3

go 1.26

require helm.sh/helm/v3 v3.22.0
