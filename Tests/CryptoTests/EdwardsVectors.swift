import Model

/// Signatures over `Vectors.message`, made with Python's `cryptography`.
enum EdwardsVectors {
  static let ed25519: [UInt8] = bytes("41CJ7NgPI0aEB8bS1GqpmgHanZQwaGx5DmGYhXFifWk")

  static let ed25519Signature: [UInt8] = bytes(
    """
    j4e8gyWahz7aap8E17mgFeAAgwk3VCEZbnAQDGL9FZhtLrq93460RTZmfBp1zBOUX43B_xaYa3DvIDpTiubQBw
    """)

  /// S + L: equal by arithmetic, refused by RFC 8032 §5.1.7.
  static let ed25519Malleated: [UInt8] = bytes(
    """
    j4e8gyWahz7aap8E17mgFeAAgwk3VCEZbnAQDGL9FZhaArAa-vHGnQwDdL1TxvKoX43B_xaYa3DvIDpTiubQFw
    """)

  static let ed25519EmptyMessage: [UInt8] = bytes(
    """
    xL8xoiX-_s9GipXI6vvN5zQ2gx1W0y2k04N_ZAJ5ItH8WAMWV6kAE-BrIMgj7i6YXedi09j_LTD7OEmNao_pBw
    """)

  static let ed448: [UInt8] = bytes("-MEc7HZFfE6EXQTeoOoPMeyXida-bkepxEVm4zmyzQlFa4KQSmpmxEB58GKuE_gilMANTvl5uQUA")

  static let ed448Signature: [UInt8] = bytes(
    """
    LHhhUg5t8Mj4jOb3ycudh_N5xr6o0PcscisyKer0AAP47dmjkigkd3dEngutb2h8djJSxMuYNr8AszH6y0lN_mI-
    tVx5kr0ZBOcIcTDbiyq0U8pYHkABH3zgppUaVWKOThHAcA_a6V9zhRnCUyfveQcA
    """)

  /// S + L (RFC 8032 §5.2.7).
  static let ed448Malleated: [UInt8] = bytes(
    """
    LHhhUg5t8Mj4jOb3ycudh_N5xr6o0PcscisyKer0AAP47dmjkigkd3dEngutb2h8djJSxMuYNr8ApnZSd9wPd4aTRCIHBYCGJXc_R98kZ3l4
    Pe4imz8BH3zgppUaVWKOThHAcA_a6V9zhRnCUyfveUcA
    """)
}
