"""AWS clients below `daypass exec`: which access key do they find?"""

import json
import sys
from pathlib import Path

# The current AWS CLI 1, and Debian's AWS CLI 2 (2.9 in bookworm), which knows older ways only.
AWS = Path(sys.executable).parent / "aws"
DEBIAN_AWS = Path("/usr/bin/aws")

# The default chain of the common runtime (C), below many newer SDKs.
CRT = """
from awscrt.auth import AwsCredentialsProvider
from awscrt.io import ClientBootstrap, DefaultHostResolver, EventLoopGroup
group = EventLoopGroup(1)
bootstrap = ClientBootstrap(group, DefaultHostResolver(group))
print(AwsCredentialsProvider.new_default_chain(bootstrap).get_credentials().result(30).access_key_id)
"""

_BOTO3 = """
import json, sys, boto3
session = boto3.session.Session(profile_name=sys.argv[1] if len(sys.argv) > 1 else None)
found = session.get_credentials()
print(json.dumps([found and found.access_key, found and found.method, session.region_name]))
"""


def boto3_finds(daypass, *options, profile=(), env=None, code: int = 0):
    """[access key, where it came from, region] of boto3's default chain, or of a profile's."""
    result = daypass.run(
        "exec", *options, "--", sys.executable, "-c", _BOTO3, *profile, env=env, timeout=120).expect(code)
    return json.loads(result.stdout)


def crt_finds(daypass, *options, env=None) -> str:
    return daypass.run("exec", *options, "--", sys.executable, "-c", CRT, env=env, timeout=120).expect(0).stdout.strip()


def cli_finds(daypass, *options, env=None, cli: Path = AWS) -> str:
    """The access key of the AWS CLI's default chain; all but the last four characters are stars."""
    result = daypass.run("exec", *options, "--", cli, "configure", "list", env=env, timeout=300).expect(0)
    return next(line.split(":")[1] if ":" in line else line.split()[1]
                for line in result.stdout.splitlines() if "access_key" in line).strip()
