/// An ID token by each accepted algorithm and the key set of its signer, made once with Python's `cryptography`: `iss`
/// https://op.example, `sub` alice, `aud` daypass, `iat` 1700000000, an hour long, `at_hash` of "access-token".
enum SignedTokens {
  static let keySet = """
    {"keys":[
    {"kty":"RSA","kid":"rsa","use":"sig","n":"rkr1-bXHKj-UGdJedS7ffyOQFwZe7t021ozIzdXAMpzJUnF6D1BNoNBrpcEUp2Q9\
    fUFuwzC5RDUrDm861StMTVmmDZACMdxFakaOtHpoaVL1r1Mf15Anu4qM4PfvIPH9FUSgbvmkHAume2KpHP093wUhJkpdZ59kzkfqXTXGpY\
    Lym5IldEIyi_DFZo00YNI1h-B2RjmvAMF4QsQhuUmCYHCEdYhlkgQ7aGChzvWeW6RjbQ40kAnbUpzNHEY48rLKr7kWnZh7ejQU8_nF0vmr\
    GZQGMnBCw_Sw5H0OcZagAvbEASXchi4wqdx4iaULLVFATAiNUj2HTbNj4DcO3fdHyQ","e":"AQAB"},
    {"kty":"EC","kid":"p256","crv":"P-256","x":"zUn5ofYSSUyLh3IepbxiGD20WHevheRg3KItGjqRqdw","y":"BPVxKg6KlOHW\
    3ulyy6FvJ9t1UHusVGViLzi7wXXYQSw"},
    {"kty":"EC","kid":"p384","crv":"P-384","x":"ai5LRTp7qznJUjoPCu9CQLok9YndJSx9C8OOafUksgOsSIyEmy2WT53r-8Z6dn\
    h_","y":"PtbSfdp2S6pAwpprhy61Y6X9WJymvtOytudbL_waFIf5Vc8AE2or3lyDpDMcoZUh"},
    {"kty":"EC","kid":"p521","crv":"P-521","x":"AZalTOANA-0nQUzKjZqgGJYvZTyv1lmYs1hc7qCzniOlNpomcSer5BAa72yRlZ\
    q3VHoV6t2RaUfvpiF6m5uT6a7g","y":"AXGfV1KWt8xzXSJGne5uZ0oAfJq7oFAemW5ygAs00GohsAJjjHQkuljaQrcYf0uaJqK8sWYK9\
    E1VUaxeu2aTu92F"},
    {"kty":"OKP","kid":"ed25519","crv":"Ed25519","x":"3bB4RhvET0IctB4DdAKfBZ8nES6DqKjYHiQeKqmFhsk"},
    {"kty":"OKP","kid":"ed448","crv":"Ed448","x":"z7pn-wIaUlcFE9O5onz3Qg_wvMCRVo_nzZJXotLeAIV6FBvfSow-40Sx5QnV\
    HCtbhIGqdxHiVWOA"}
    ]}
    """

  static let all: [(name: String, kid: String, token: String)] = [
    (
      "RS256", "rsa",
      """
      eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1ZCI6ImR\
      heXBhc3MiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwiYXRfaGFzaCI6IlB4YS0xd2lmUmxQbDd5R18wb0pOZncifQ.\
      IS1VBuAtW1sy-4tDKEr8gjTpP9Vo0ME342viZc0CIZ8iS7TErN_jIzwIyDFP3h9wMI9uc-kwB9p5pmRR5Adc62LFb2TuPG70s4R8Y3pH\
      n1WkEXdSmo8phixUP2WM32VYZgFfE1N08aQ2901t5Op8KjPcNf2u3PO9lg8-k0cnvzu93OvS8xlJUGbN8XNgQ-zRjcp4ik_ALBkeltSu\
      Qw4YZwWb98HzMDiJ3ojz9CkLxvZmv0gXAdeKUkLmN5_XQhG-zU7-7YKJ6pplgJOe4wRUU6rIyO5PJJnD8pQBFLd0Fm5ZtUUhl7E9Tx1h\
      RlUZ0gsxU9Hpu-HKIWlGLtmMwI-BXw
      """
    ),
    (
      "RS384", "rsa",
      """
      eyJhbGciOiJSUzM4NCIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1ZCI6ImR\
      heXBhc3MiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwiYXRfaGFzaCI6ImZQblFBc3ZDRXdlLXNSQjZPNHRzZFBnZkk\
      tRWFPdnNZIn0.FzGt6KvZfksycZ-GQqv7cjcuqBBkVSdVmmZYYUOE4987mdbW3qLYBr1zcmjMiXRkko6oM8NW5A-vnzzkCECHOPmeu9V\
      -MtIk3wI5jiWHEgfRFTXGcw8JBJkXvXwgTTguRYD8bvn5pQfiVIpw8qOTySp-x4XOQUWj_-7ux1NbPBJ5uaHY0rnq7ySELZJ0kpegbt1\
      LtVHT7TRfZcMviLOV7OJ11lAiYrckgntxJ1i1H7Od-y_L-z564pPco_0b9Vyxr9oq2WrCfFwqTR3lETe-ZEx9NisdEgYXAQz0c28HGDX\
      E5tNvXtNGtpC56Hen54iFpsxUT1aVg9v-TuVSRjEEsQ
      """
    ),
    (
      "RS512", "rsa",
      """
      eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1ZCI6ImR\
      heXBhc3MiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwiYXRfaGFzaCI6IlJiMTBsc3Fyb2JjcGQwMk1RXzg3OGN0dmZ\
      ERGJhUmVzZV9aNTBuRnc1SncifQ.qfUZ2xtKyC1XRwaMloSAmCtK-1p5XDfIXPlo3ZOSR6UNIeejN4kEomkzYEcwdH47AfpEZs5VBe_J\
      AnQDiay_0s4VXu30RdbuGDdGlYc1AY84tlAYN9TGfV5v8cYO4-x5Aq6KCiJPDys-fTJlY2_QnccL6jtsuAMkovAdSrIBiYyI9raaCtP7\
      C_uRFWzxiSvWOWsd1SK9O7Mrp4Ml-gXMgzBIkezrUnKRS78POpsfCKKaRcbTnn3f7CIo-F0yNG4hTHSP_I34jk7KbYYMWjddoXOstDKJ\
      DjKffzCVAMSpcXbsMll9B9eBbSILyxdYGYWblf5hIP7GXxoupDpE76mx_w
      """
    ),
    (
      "PS256", "rsa",
      """
      eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1ZCI6ImR\
      heXBhc3MiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwiYXRfaGFzaCI6IlB4YS0xd2lmUmxQbDd5R18wb0pOZncifQ.\
      NR3jzd9fDllJCVXJxRQRDj5ZztLlbOcRqXm4LOhAy7E32I4TkAU4KUZAMKa_Hdrk7GGZV5wr51lSuTxjL8M_0YP0BGH2NTY6h8azhsqw\
      KSLaOy_jGQ0TnHsGkQYT4kDr3OSoq6hQVQ9mt8Hnt2hdxvoZVQNhDB-N4n-dElShxWpNhezSaQXpNCGO457pDBNQvjvjWq47eWnU7wAI\
      rL7ANMf-V2286QJZ4f93MNTMIlIse8-cIfh_oJX82sk6YoO1pWvrRSl0F47JaY_Ey_lhr-wLP8gB44L45vVyL3V0lvgRqpSBxrc0YYLF\
      Ph9EDYmKDP7bE1n3NzQsxGpRPDUrAA
      """
    ),
    (
      "PS384", "rsa",
      """
      eyJhbGciOiJQUzM4NCIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1ZCI6ImR\
      heXBhc3MiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwiYXRfaGFzaCI6ImZQblFBc3ZDRXdlLXNSQjZPNHRzZFBnZkk\
      tRWFPdnNZIn0.DXg38iOF8N4nWaGuPaFARxZ7hn3Y9yG2tB_TD9RugICrZPhqiALQ_BaTUCOcMuzDSUxqOsTLopqkk-WA9_NqtteDJsG\
      TD1ShmPjsq2D75DtbxDIOgRrLiFs2XLDMpFMjQjO18JTiq9oDs1DursGOrXfkjEwIfRSND3Pl10gYBy0ASY5Evha-M3wflbgozjedkUo\
      i_jllYqcz0B2yBdNKf2lBOgDTW7le-XUd94R_gJQo_WX60ZXvuhbiRGD-DY9LwmIo4O2i2RdUEE0PJC7GctGUSwCjY2OhJgbSLAiv7qH\
      b_MlljsD1Ru5E5kWIxQiwygMpRP-hC51lPYxaringXg
      """
    ),
    (
      "PS512", "rsa",
      """
      eyJhbGciOiJQUzUxMiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1ZCI6ImR\
      heXBhc3MiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwiYXRfaGFzaCI6IlJiMTBsc3Fyb2JjcGQwMk1RXzg3OGN0dmZ\
      ERGJhUmVzZV9aNTBuRnc1SncifQ.hPgIh6WuyAxpTz3_khKQ3a0Rbn5GNHekURszrlVHr6hgaAkYK8kSv1Pu-xXUfxVkvasl5RiLo16n\
      SSNjD3yVVXB9lfrp_aHPNnHYNCBksVEnxN75mKWslRIFFt75bZ6GoomSlZzkwu289jcq6JW_hcF9Cw4qIxYBVJyjoEmiGKYAxdnY1frm\
      gOvoNg3Y4fkkhATmdW1aAyKJpmhevYUZCMahEvHo-CR6tzcKtd8-zYShLRle57U1jcw4eAxx3nRhpmltZ5Qe6b7vfOt0DXxkWu0p0D0N\
      wjdUjVFVqJyFZPYGUkvq0B4DQxYbdSvgwN3o0CmnIJEVZVPmZrMGo2QyDg
      """
    ),
    (
      "ES256", "p256",
      """
      eyJhbGciOiJFUzI1NiIsImtpZCI6InAyNTYifQ.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1ZCI6I\
      mRheXBhc3MiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwiYXRfaGFzaCI6IlB4YS0xd2lmUmxQbDd5R18wb0pOZncif\
      Q.R00BZXrhN3HUbMFH2Q1KuzCwP0DZS7cz-IksskSMBChmWH3uCAOGp-LMu78LmCOXZ2sUg69KK193WQnGOMwgig
      """
    ),
    (
      "ES384", "p384",
      """
      eyJhbGciOiJFUzM4NCIsImtpZCI6InAzODQifQ.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1ZCI6I\
      mRheXBhc3MiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwiYXRfaGFzaCI6ImZQblFBc3ZDRXdlLXNSQjZPNHRzZFBnZ\
      kktRWFPdnNZIn0.bm9m43fZD7LWH0d84fef2bhkmjQd-bHHu19RKNf9kk4-z6sa8MYDA2EROfQPhrYvdJmWj0-Nvp2wXpXq0sa-l_XoG\
      ghW5i9RZwDiLK9W3s2WTXzHsKX-4St3CMXTlVSy
      """
    ),
    (
      "ES512", "p521",
      """
      eyJhbGciOiJFUzUxMiIsImtpZCI6InA1MjEifQ.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1ZCI6I\
      mRheXBhc3MiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwiYXRfaGFzaCI6IlJiMTBsc3Fyb2JjcGQwMk1RXzg3OGN0d\
      mZERGJhUmVzZV9aNTBuRnc1SncifQ.AV5RWi-PB4tg4w8HXCz-IY0Gm65fYuqmqe_PKctYwJ5Yo_cVK4oKGgJ4736vWim8t7wyumDrV3\
      NjolI2J_qTGESrAC3rygQean0Ww4iFVB8mDbtANiGJUjDZYU36Gmc3LZ39u0byYSUGPqAU0teVpyC6EawAAvF9t3GHnRcUXN3B65WE
      """
    ),
    (
      "EdDSA", "ed25519",
      """
      eyJhbGciOiJFZERTQSIsImtpZCI6ImVkMjU1MTkifQ.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1Z\
      CI6ImRheXBhc3MiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMCwiYXRfaGFzaCI6IlJiMTBsc3Fyb2JjcGQwMk1RXzg3O\
      GN0dmZERGJhUmVzZV9aNTBuRnc1SncifQ.Xl54uVrJPffudorrjLQ7izcQrLTaT4GKwpfGLWOpIF022lrw-66qI6kdT20WkQ-wYNCwrT\
      B-E_sbIebKa85ZCw
      """
    ),
    (
      "EdDSA", "ed448",
      """
      eyJhbGciOiJFZERTQSIsImtpZCI6ImVkNDQ4In0.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1ZCI6\
      ImRheXBhc3MiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMH0.OPNr_e16M4vKr3o0Bq-VOzm_VSu9hm3_QjVhc8qikewh\
      V0Il7RujWFGWalU70qfpGvMbXoqP31yA_iqQ5qcqM-itWxq5Y7cWHkmPNmiYj5jtS9tBLYMGkKMztZAXSHS0K7ucSNg0WCcUMN9tSO1k\
      7iEA
      """
    ),
  ]
}
