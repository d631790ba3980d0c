"""The servers by hand, without daypass: what its tests stand on is real, and judges what it is given."""

import pytest
from botocore.exceptions import ClientError

from support import seaweedfs as weed

pytestmark = pytest.mark.xdist_group("real servers")


@pytest.fixture(params=["http", "tls"])
def provider(request):
    return request.getfixturevalue({"http": "glewlwyd", "tls": "glewlwyd_tls"}[request.param])


def put_and_get(store, credentials, name: str) -> bytes:
    s3 = store.s3_with(credentials)
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="greeting", Body=b"hello")
    return s3.get_object(Bucket=name, Key="greeting")["Body"].read()


def test_a_device_login_buys_credentials_that_s3_accepts(provider, seaweedfs):
    credentials = seaweedfs.exchange(provider.id_token())["Credentials"]
    assert put_and_get(seaweedfs, credentials, f"by-hand-{provider.port}") == b"hello"


def test_the_same_with_an_sts_over_tls(glewlwyd_tls, seaweedfs_tls):
    credentials = seaweedfs_tls.exchange(glewlwyd_tls.id_token())["Credentials"]
    assert put_and_get(seaweedfs_tls, credentials, "by-hand-tls") == b"hello"


@pytest.mark.parametrize("role", [weed.ROLE_FOR_SOMEONE_ELSE, weed.NO_SUCH_ROLE])
def test_the_sts_refuses_a_role_that_does_not_trust_the_person(glewlwyd, seaweedfs, role):
    with pytest.raises(ClientError) as refused:
        seaweedfs.exchange(glewlwyd.id_token(), role)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_the_sts_refuses_a_token_whose_signature_was_touched(glewlwyd, seaweedfs):
    head, body, signature = glewlwyd.id_token().split(".")
    other = "A" if signature[20] != "A" else "B"
    with pytest.raises(ClientError):
        seaweedfs.exchange(".".join([head, body, signature[:20] + other + signature[21:]]))


def test_glewlwyd_refuses_a_wrong_password(glewlwyd):
    answer = glewlwyd.session().post(f"{glewlwyd.base}/api/auth/", json={"username": "alice", "password": "wrong"})
    assert answer.status_code == 401
