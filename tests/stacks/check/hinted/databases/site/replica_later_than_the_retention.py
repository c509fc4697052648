"""databases.n8n.site.min_apply_delay: '721h' is longer than the retention here, '30d'; see that the other site keeps its WAL for longer [delayed-replica-finds-its-wal]"""

from tests.valid import environment, following, site

ENVIRONMENT = environment(databases={"n8n": following(site=site(min_apply_delay="721h"))})
