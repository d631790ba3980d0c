import Model

/// Signatures over `Vectors.message`, made with Python's `cryptography`.
enum ECVectors {
  static let p256 = Vectors.Curve(
    curve: .p256, algorithm: .es256, size: 32,
    x: bytes("kl9Qqu56H1tMn5ED1b93BvXB2yxUQLREb36o-3ucQEw"),
    y: bytes("ZD3-hjrAwnhUKAqwH2LG4XPH73zOf4Tye7Dcm72Vkt0"),
    order: bytes("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE"),
    signature: bytes(
      """
      2dregq-wOXeKNg4dEVuKLq_7E-TNvYsJL3WRYsk4v_G8-MSlDcnbPaf52ugUPfj1hmf3N3FGNmGiP-4d0n9KwQ
      """),
    twin: bytes(
      """
      2dregq-wOXeKNg4dEVuKLq_7E-TNvYsJL3WRYsk4v_FDBztZ8jYkw1gGJRfrwgcKNn8DdjXRaCNRedylKePakA
      """),
    shortR: bytes(
      """
      AEMfPWD95CFJ4_5FUh-1gfw7wh18EfoJjqQJTdNxt-Z_td-Ow6SvUtZoIg1YVBIaRoJ2IPjJoZNF4HNFdt04qA
      """),
    der: bytes(
      """
      MEUCIQC9AsN8lK_ne0m1f1dU80P0pqtzaASlwrwo_4aZ_uQPQAIgTli29wJFLRhVv45ggKMKnu4a8kbS70H2n29vQLHBDak
      """))

  static let p384 = Vectors.Curve(
    curve: .p384, algorithm: .es384, size: 48,
    x: bytes("CvZtQqkg4UxqP5Gl4G9WjmniHPb_GJ-m60on1bMlXxck1q6nzDOBMY2GAJpSzQKk"),
    y: bytes("0ck20uM8k4BEOQJD_tOCIVFfxsImjTKLJQXQzbsGE6K2RltG4W-f5rhiTB4v7AhR"),
    order: bytes("________________________________x2NNgfQ3Ld9YGg2ySLCneuzsGWrMxSlz"),
    signature: bytes(
      """
      logc6s4hiNMRCWtxk2J4EyO1qgmVn4HCm022f0fbpVS5XDWRYnphg5cRn61KflBZiAAUGB6EqYBCBnUNngOOSnZs6zRDxrZnOc_sv8C3SOG_
      JpVLDXZQvyJ5hAvA04Bl
      """),
    twin: bytes(
      """
      logc6s4hiNMRCWtxk2J4EyO1qgmVn4HCm022f0fbpVS5XDWRYnphg5cRn61KflBZd__r5-F7Vn-9-
      YryYfxxtYmTFMu8OUmYjZNgwjN_5P2Y83hnOzpWu8pylV8L8akO
      """),
    shortR: bytes(
      """
      AB0vip-NS1fnpm0Iq5fvMJJnn16HeJLasbBWOczt0SnhcEv_yTbrzYJWVryP8AvhdM1Zw1nV-141Cw4QhCy-
      2yuWox6iutvhUvCe1cxCuFYau2DDSzj6ipL8ThWwGnBB
      """),
    der: bytes(
      """
      MGQCMAzx4Yf3qLrNJ72UvU3C0zpkFOof9yUoaBeYwnk8yXSvJxcBd06RQidEeetbj1eCMgIwUGTf3ljzSwbgi1EIFvW055hFJi6e7cjGeT58
      yqcE9TUErKToT9I0pRu5KGNGObsj
      """))

  static let p521 = Vectors.Curve(
    curve: .p521, algorithm: .es512, size: 66,
    x: bytes(
      """
      AIfCbiNWm88qu3JKMXgebVJ36a0Ls_RK5Yw8SocmFmudQTHBnuoCeMjnT5IkkxjiwV4OPt_CogwvLY49rBtc4HSi
      """),
    y: bytes(
      """
      ARAF_vODcK25RgprRHnX9GKAltMeCb1uhJ0cbYcSeqDA6cVDPGhkdxKgTwrBOsGaykGX8-rJ-HjEj3cjKn2Odnk7
      """),
    order: bytes(
      """
      Af__________________________________________-lGGh4O_L5Zrf8wBSPcJpdA7tcm4iZxHrrtvtx6ROGQJ
      """),
    signature: bytes(
      """
      ABhgrext5Etv8-iULHkgokqI3GYUouQJWTzs16KG_L8gt9p6lF7Sh6YG1uNjsPXHVP-
      H4PuYgPoTswNZiKyjRLMRARb6fazjoKw_U1ABYLPoaCAqbuajuRxk3v1IgjuO7CQ6h5366N_JTOXHO8dv7NnXy_H9kPaKns7fzGc72wzcssi
      q
      """),
    twin: bytes(
      """
      ABhgrext5Etv8-iULHkgokqI3GYUouQJWTzs16KG_L8gt9p6lF7Sh6YG1uNjsPXHVP-H4PuYgPoTswNZiKyjRLMRAOkFglMcX1PArK_-
      n0wXl9_VkRlcRuObIQK3fcRxE9vFcrOLnqP14rCkRASRXB0x2d4-JNMt6s1n4lQz3BG0hZtf
      """),
    shortR: bytes(
      """
      AACQkIyDf7VAxNOv7WWcCzKkknXd4s4l1z-5-sABBiRTtsz4VXh1oERmGaUeU-
      SZrzHBC6oRN83p5RKdQ2wieq6_AYd5pB0bk4ceLgVkQgBjqLy7nhKbyyttwI87zhhGQjykAWIjhEq82b8UH-
      URbovBOFrEAIfIjek9ZibKLIWvFlUw
      """),
    der: bytes(
      """
      MIGHAkIAx_6hDqJQKR16t6vuAXjBl4AZK-
      4KtGdK58gRNz3L5DefvVkCAHaKfRPOAW6EqqoVFLzuzFIPpkoAvifSgxnmFvQCQSL_TeDHoou0YGto5AYxdQ8MzZ5QI7wMpr9ygDjDgxj3oL
      NjQNde9NBw5KoCZ5zlW5W6YkskMQpcefXiqcWz1jO8
      """))

  /// P-521 has 7 spare bits: r + n, s + n and x + p fit into the same bytes.
  static let overflowR: [UInt8] = bytes(
    """
    Ahhgrext5Etv8-iULHkgokqI3GYUouQJWTzs16KG_L8gsiwBG-KRtzxyVq9k-ezQ-s_DlsVRCpZbYb7JP8s0fRcaARb6fazjoKw_U1ABYLPo
    aCAqbuajuRxk3v1IgjuO7CQ6h5366N_JTOXHO8dv7NnXy_H9kPaKns7fzGc72wzcssiq
    """)

  static let overflowS: [UInt8] = bytes(
    """
    ABhgrext5Etv8-iULHkgokqI3GYUouQJWTzs16KG_L8gt9p6lF7Sh6YG1uNjsPXHVP-
    H4PuYgPoTswNZiKyjRLMRAxb6fazjoKw_U1ABYLPoaCAqbuajuRxk3v1IgjuO7CQ6ge-
    BcGOIfHwyu5NxNdDhccI5RsBDKGsneyKrkitt6yyz
    """)

  static let overflowX: [UInt8] = bytes(
    """
    AofCbiNWm88qu3JKMXgebVJ36a0Ls_RK5Yw8SocmFmudQTHBnuoCeMjnT5IkkxjiwV4OPt_CogwvLY49rBtc4HSh
    """)
}
