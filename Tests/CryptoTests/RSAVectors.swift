import Model

/// Signatures over `Vectors.message` and over-clever ones; made with Python's `cryptography`.
enum RSAVectors {
  /// 2048 bits.
  static let key: PublicKey = .rsa(
    modulus: bytes(
      """
      lSUgRfPtb98iVQ174aPs3D3FR5TGtxGP80-
      huhcNk6FHwC8KaqDoRvkEsBxZF5V2bFvu9DRmakoLjrAOefOUWNxu6kPVewSJPyoxOhuEGX3a2Ptdo_-
      DtiMyf3rLH4m1s-__CMWNwfsksdsMuveyIjwleSLaDWUZ-YW4ieOVjnMLXr8HBp0fen-8qtHtBAfDOD6Uu-HYBHdrGQpHOLWa1qnNdu5ixc2
      iSZgojMJreaPwBNKsZJatilffKKGqKwqRUrGuShjU96DBAn-3J6y6aaY1cCBFe6Ol016o3jxe29tH2hoKZcyYl9omCol-CO-
      LVCl7imzvXc_IFdNwFj9NTQ
      """), exponent: bytes("AQAB"))

  static let rs256: [UInt8] = bytes(
    """
    POAFuzotvD_RByb4iEMoKc8GJntQJCZTPS8Et3w2foPwb_yUQsf-Im3CHKnECPy59pKCsDXdQQGTxsccpgMMcgEX6RZM4knXJ6FKShhF5eSB
    EHkgZOHWE0UTC3ocL7qLtVl62VVP5iwi3qnsRUtcbarETHTs90n1FU9C7iuWjBNrF8V2DSuEQbYSm1Whd7N_ru0YKqkvGcQldVBZ_coMFzj6
    U5riSxe3LeCVFDpToXjHNPz1OxvpO18LVYn83IyEr4vr7T0Ov247Ux5SuAdSgeXYb-
    psWgy7_4pHkHmFG95UGlgiaPgFL3NY3B4vGzKe8VpzNZpBduyRV8Q_hFEHiA
    """)

  static let rs384: [UInt8] = bytes(
    """
    M0DXNNLx3oSSZx3Z0KkUX4fbA1soZTgyOteli8jM0m0GlUgEs3Vyk-
    tZOlBBSSr4ETAezpjHtg7_lM2-1yDXR7z9K8cEg5LldJENDvyRt8V9guxpQvBPCZElnls-8QVMy7-MwWc1n5AcShn2NX20W6PA-Z8YYJf-
    mxg5FUjStMPV6-fGUwjxili8PwhW80x-j40FrDD2vYPG6HrUpd2xz8-f_Key8G5DK54Lfzgk7vXyJ7i9TZTvVqq3fEIMd-
    FjTxGxrFDnKyxDzxPImSXmHqVPnjKHCCohREcjzQOFrLsJr2v7KAg8Lk_o7jz55dGUqaq6RYMUwzGKDTqIdb4Dtw
    """)

  static let rs512: [UInt8] = bytes(
    """
    dfUy_U6dzFcgRvhc2_ZByboo4Y9i3WtN9FXb76QGiiRoypVw26L4RQSQ5DEpE0J5a7tjC4wZQetc0DR7HAEhHMjTfpAZHiNsvTIgTVHmqM-
    qm4SeTdD5bNzh19X0eSeHI2I3itd2yJ_-33eH885Nv2VtJjzf6EECaARd0hMeUQ62ZA--
    zgrAX_dZzZbLnfixPjE5S2bqvBTT2fI2A01kf7IZ-
    Ol2aHLh945ex202see7aROmS0yjvdmM3I8f2osnZJWxO6VFwo9fcB9Gno_MeYqGS2XC50u7Hzi6KyOUthTbQpRsJIr5DhCW7nlW-
    EaM9YynnGXSBewc52SjNACeIQ
    """)

  static let ps256: [UInt8] = bytes(
    """
    lMW2ssRpo2iGwq5IVcEskWeEgRYobYaKbBn6m50ghPZwoTM2fTUYLgwJzeIsHMXBqeJhizkl3mR9wrsVTdYBxeIClat_-Ogcqp6kdpe7Q3jq
    LWWwfhrJYezAfXFW3ZOp0r7v6t-An-
    5AHT0PCko5rsJ2y8I5sR22e2QL5DEx1xTS3vsCCefD3xW0lNk4Zypv2K591x666kzFDOfkEEwY7AhHp_SUJkZHsd6mhD0zo4tBYWI6lmltIB
    1P9KT6aSf5DDc3rz2N9ID7WvHeuU4u1sfTFcHMpiDaloCZWhv1j0fr0tNLBQ4g1knpm0wps4dtRn8IKi4KrpDyuKOOqp8DdA
    """)

  static let ps384: [UInt8] = bytes(
    """
    jKOz9UGiuqqEHE76GfKrkc9LdiTeuWlo0cUIF1yJV_kOEg_EhcOyC2nKEaG4kbPn_3_RMrS9YwCqs-y1QBRi_sBNSA1u0L7T0yyxHLRu-
    Xcu2M1rhK2OPL9GXFkuYiQRw8Hs-mxWy2hLo_5cxtETbc8B2clq9Q1c6WOneBfZ6tXsEFH5wIlcuI0Jv9YBARL5e2T9iy1zD2CrtXtikGwUr
    epnhjtPYliDBeAfdKQMgsil0xSjbQz69b2F-
    DG9CzjDu_z62epVpJWrFqub0lgCQ02rDmnYG1j8D3wlyPJ3JlehyZgoBSr46nt7m8pVsgQAHH_MqRZhpunf6xGoI6ghFQ
    """)

  static let ps512: [UInt8] = bytes(
    """
    JU8QoASWHIHdpFHgrxlWoUnRVdFElyOcUWe_NOHDGRQhq722k0io76ljfbl69jLGfxubDDryzYFmPo8f0KSpgRqkV9RaijgcTjztz2-
    hNmE9xpflCM7IXjox0t9MMZVjRTRdNAsgJS7ynYPTWnExX15rqG3YUGTPZQuQy61DyKSlDfAAcgi9Csp7yuZhyljM6kgr5B4uyeMDcP0_njx
    fS-S6gKEZwh58O76qBsq6ZP-
    qJ8KxQS3cpuOgcWV7Yn4PVQbJNI1AmeYTVMm9s7rmGlxCPd5CqpFIU2THZKGr5HXTRLmGqtnkopkPisSRbtTs-_cB4sCMPCoTuJkxCw4Y0A
    """)

  /// Made with the private key, so that only the encoding is wrong; as RS256.
  static let forgedPKCS1: [(what: String, signature: [UInt8])] = [
    (
      "PKCS #1: DigestInfo without NULL",
      bytes(
        """
        av6J64Hw0rjLAlW0Be_MLHvHoCL1hYTiz6_xYfJQ6jhhsCEVaN8brPDIGbMpveNW3W0M-6YsskBfV6rK-oGx9ln7KZz-XpDp_X2QV3efMZr5
        rF3N-ctT9weakAVLmjaUaLMETDMAa90C0A5VHNkuTRqjuArKSeT2-
        nnTZT5dPJkh3ScTE42y6UdQ0IZMKRWF3n7v4wiRfZJffFOXCv7Eo_vrNW42Q8bLVRnS9moRZFmUcmCDP1U4FrSKLqo6w1CyGPpI3OZMUFbBd
        2Dq6NvjHOUG6xHYFvHLEvpXO4W2NR0Mp8v5pMozE3aY056V-hVjmC3lOnUM1LLHvbI7z2xDFA
        """)
    ),
    (
      "PKCS #1: length in long form",
      bytes(
        """
        kuKl0Hh3NrrJ0mH6q6i8W4MNzmVPBghDMOxk-rsEW4OUKBEFvnR8CEAGB5vwuSFbZNj-
        E2sWl5oubVcJeJitnOtsI3LGlnAZzHA9uuasMe2f34egDV1s3Y-
        W_9NNev29aEW537qe8hmlMGZWpXjDiA2J4RJu_gaEteD0peASoL_AXnklsWlJispHhxxVrTwrp93flyD85QPwkL53gUmx-XdlDyeYIoVKaU5
        oitgrmq9eNo16WbJYkhoCeRcwXaksBEqfWMSf4OBU7fvMW0n5gUgqvIxVMoyqHeChXQvIIbCUb3Po0pgEcVdHFKUoGrIE_R-
        pSqo_s4nn1DIXJsczjw
        """)
    ),
    (
      "PKCS #1: bare digest",
      bytes(
        """
        h4l6HrXQtbi2OWNJcqDL1WPqBH2FUUDig_Dy-4b9-No01vimCCNnp4N-
        efPuYbXOeWg03bz9uO2usdbjgQkyWaFfsVNCCVkBiV_VFPhiO5JslvqX8m-
        3ymnmGBXH8kAaWVDGQMWU58F_5e3HoTiAdimiR5q2f9NXPlQASqUdOhS5Amf6ynm3u1AdnMCHVzQxmwqcTApYtgIzoz6s_E7NCxBIwijFHLs
        5dq1gsMN7o9GC06AP824ul3a7donSU2czW4sg4px0xZjLHrLkNdm9OXpwnoMuehWTqSIaHDLnrUOOBijqgOpF0ntsqPOhOXgRcCRm0oWVn78
        SmR281e0clw
        """)
    ),
    (
      "PKCS #1: block type 2",
      bytes(
        """
        ZnHdGuaLl_sKZBsw1P5wD3XP6gSQxWH9JVuu23HLiG7qZ2kTJzs_WhyfbItmZH9okqRvLe2hNcps3E7DM2B_YxJ0oNvi_VkJOYHIT6Owr83D
        OhMJpBpnxyqiKZyewH7bQ-gdcmFiThX5D3lAxqXVRj0VrdGVitTfMOd3oqgJCy9tytIj7QoHaV0R0hSkYCpot4iDxRSBS2Xnlb9d-
        DRAh_oCJNPLNBB1gTBeKO_d-
        9CiD_qSHeGSJFls6c4B_n9g9v4yoNtV_wi16lp0ytNvSgvqIdh1N3qbuglZp10KWpp2dnGOOqv3WLY8eoBkcNbeYPqifO7pk7MOOWA4-
        NHzEA
        """)
    ),
    (
      "PKCS #1: block type 0",
      bytes(
        """
        chpF1IHMWfff0pr2QMH8YG1Pz3Ajz3Pqn6Y97D4jB7YDecGSQfRB2v85v25n43EOG3VZDe0x7oW4mxirzAHUtyvRW3TfdTM4ArUWIiK2ytFj
        OTJ1Fjf0cG7xDEeqLJnw9IMjElFy1n9rQG2hUTmWUHFT2hteayHXvGD6RlByvKjxM1eVtHwL-
        vUvoxVzoLA2e6w_5eJ7op_nTiwMMITYfOer0MVAHpyYULK5nT9-Sy0pTMa6ZWh9Nay-
        FxVz0uNuo1I-QzgVc0RuXqe7kmUkkht9T194Ax5p3-kPkcdTbgGBsTdPS1ofHDZdBL4S9SaGlx6b0A1XUzPzLVADPiK82A
        """)
    ),
    (
      "PKCS #1: bytes after the digest",
      bytes(
        """
        GV2VN8bb04ENbhRKHmSUIsHFDeYkU4_Op9o_DbD6kmasWo-FagmcxW1rEu9cfcw31UDGAUCDqgSWCzNGjRqLwZnDYoJQySh1JVM2DYEXaZvV
        wU5kOFklp5E6uhi2wcy_oNrwtoQn5sUJHdePmW1o9rCXX82IX8MSG_QKNW18WX6OTEM6Cx19vor2-
        0_SN619mBoo3smRFl5afrWcIrX4E2kE5hAldCe0ahWPzoDWTnEUN6CL6bXXPPaAQn98iK5ze5m26Wdn6qRLWOQxjUiAp1Uad1YP34mKSjvyK
        wrGw6TwD1H8xvh_JnSNmuNuG3X7aei8BG0R4KoxnqKCOeIBRA
        """)
    ),
    (
      "PKCS #1: SHA-1",
      bytes(
        """
        W4S_VLgkZEY_epv-aUK3GiALlFWZtXQ3ePHkck_DaSpjbMEfqUOepqXH_c9z7YLsSOjJanGnnx99FY6JIF99aj7_pRAHs1cdDLCPMkOk7LTt
        IErnnMf3-PoUNxsKu-oHrAjCMj3fQFpBIeyN_1WpRJWUwCwxMaNmfXqutFVpOyS0c6CaCZom9au9n-Xvg6TAnJXssI5T8qRt1lhRPpovB-
        6pabGD19O2LFU1ow3d36s6ZGpL28d7vkQowybz_6uHWfBeeyQ28rKS1arwQ92Bn4GwUmDr33-3jKv6bgU-
        HFRHiuUtyVLTR4VAWeUdWVoQWrA9Wa7oNXgZMyZsTnYRkA
        """)
    ),
    (
      "PKCS #1: SHA-256 named, SHA-512 inside",
      bytes(
        """
        c4VoPEOVx_dDfC4hxkXWF6qTm1RhdQqJxzRo-
        V0YaKfi2F2M1Zhb0vFPMsA9CdpF01ZEFCIxW3UQcMfc93puQrLYItHoZiRHqrTASBx0q0l66VsalBUZujGo6C4TvpPKHlTC5eYO9bEVR2flS
        2x8kzNFN2_nL2e8I9LlaFfeX4egdi9IrD2AGc3OwCJodVaydSvYAcAiXG-Zq3i4SeBdNhIx0GoXg975PJamctI6ldgQ7lCsVTrFbAF3o5Omv
        AGOBK6boVwSlPkuQHh8-ImTa4H6DWPb9fRfTQp8AvZfb2IA4OtlOMiJXsxweJMpNOMbT-Yef1vA9OfCiNC96W1ERQ
        """)
    ),
    (
      "PKCS #1: padding interrupted",
      bytes(
        """
        R2E95ATIH7_3AgjSvpEJhScJGE8PmdzUxUkWo8Slj0yTHnNDbfm3ZGj6_UV8EDlT5jYbG8xG3EO-CSmkkAQh1zm0HFrVACG6a48GYro4QUdJ
        8eVCEaMPbqX-
        4yuF6ROej7MTk0A1p0oKGDoFLTSsVxPnu8s2NLOpvf4KK0UgocmysdzvfyJ4E6Eyzj8tSjwoEy_fmrl1waLyoY_xO_qh72nuiTwLx9mtIBiW
        APWoDesg0i77yUuWomlkjZmXcbwCwY2hzM7PjZ7MtiJpanLTBPusxd0x5HQ-
        hIvgEKusle8inK75l7WIAfPArbO5engC7rYOcatq149W2SrBXlkOJQ
        """)
    ),
  ]

  /// The same for PS256.
  static let forgedPSS: [(what: String, signature: [UInt8])] = [
    (
      "PSS: empty salt",
      bytes(
        """
        W7S7lmrQA5P1GmRytbIKMbWyS6bb3wg29G0QwM7hIk-
        V70_ZKboXRTmprHBnK66veGUbP2OuQfA3bqoOIMQefzP65rXYy2zbjfQ5J7hsvy26DzZ4mXxLyQwmkqplN7cjC_JtxoOv_H4aMXczHVwS5f4
        u5cZ7okfHgJdY56B9MjeXT99gEQTBNNpwJR6wEytl-AmEmupUl_QpXNtmuE0of4HX_ly_hoDZCkezEj1uXlaX8p3O8YP3NtZIEo1Lj11wwF0
        tUSkqbDaQUMv7pY1hMnPesOyldpNBSOLnQaxh9R_MLRbayu6kMf3-HKzUAJQltbkMmlL7GCbSqkxGn0X0kw
        """)
    ),
    (
      "PSS: salt of 20 bytes",
      bytes(
        """
        L5BOYLxN84GRQZjtgmFjOXCeKWrzsS9JHIXA9WUr-
        v9N6WArPF9ZmqfwTfDLfh9aBVkmB1R0f9zsBhby2K6fomXVdQqkB7_7KFJSwKW8WUJa4mFqJhhCl078FJOHtKVC6PGu6OhkUrBBQTynm8ms5
        hpkqELDiBEgF9Bg8v7ZBL7itk34v-9j44DBEZYoAOzbo5mVDgroU-oJfK0aKdCBDsFWyJ2pEoJW_hvb5faTpx16Ze-
        53miKtvUD3962NRgUpmNkzclvrTdLHJChurftz05kv9aTtEwMjjqGiU9_05G-nFy74aGftq_fXy2R78MkgEKifXlqxOiG1c_fvnP0GA
        """)
    ),
    (
      "PSS: longest salt",
      bytes(
        """
        bBQZt96Ilv9XpgeDpXqedTmoT_0GJfqnLbBJ0UhwWtIHjRu1coov1PppfuITBt15n1CuZ2Au-I0njg6Krfwu7dDOIErHw-
        vciB3MjgbmvfK5OY5QD6BMkl2t1gF0MX7Mwz5UfFtyQM5DsDGaMTTXElmm9EqPRp89B1TY73eC2_cmcV-zTe7SsyPIb-d0MhQdECNb6-
        xqS1r6_X2KeFovu3pWRb9ecC9gEiH7F2RcwjMzhiIvJQXvA4a2sqohIqpz3BlajjPH8IZH6m58AWqpM_ecMhZLTj1RPlR1cWjWXfaSYKaABj
        5crV1TzF3h-M7z_DnHp_FvbYaksOkgg96SOg
        """)
    ),
    (
      "PSS: mask with SHA-1",
      bytes(
        """
        dr5rxL0-
        nTf7y2_z6gdyAiLE3OdkD9k09NoB1iy8nc9RmkvFCLIoOo9fhHKZ74pnFuC9YFVyTh_ALRfuvUr5yrLfGrEmeTvvHBkDfYjshhgM3qWAH-
        V4Oozqda5Wvj7-Pb1_tOtTflfQp-z5ktozo_uT_gBXSnLWZ1buIcmLIyPQoJqUdFLlUJYvYqMnw1Fcj0zJYuVBy9DE5ZEBD7uK260-
        OIp7d5COmBNtgbZhZIFLlPmwYJD2Q0YcBHhxsTzOJUWdXMNwbAb0I4zcJ79dPRQV2I-
        CHWbRvymjnl0Xs30AxHbZ8NgODfSr6LMYjTRY4yIKJm8gGxSJ0mq4aXZbig
        """)
    ),
    (
      "PSS: mask with SHA-512",
      bytes(
        """
        d4l7_ASNQRyNp9HXU6PmZWU1jiz6an4ZFX7fFYKrm38neouLM65siixxWiOE9JuFHUmzkN6YolPqRJv6g84swG1ONUAJtIemmVucQ0fQCg9n
        YcKb0JnZqG1hyeXvGNkZ7VTv6257ThJmUyC2gxDpmdqdIX3tlxBHV15o9JDOC2BwWYv9N3wMs6_5n6lfFLeZwXB0HibY5-9-
        HPDGbSW9qaIu9MEpAkhtab0vaFWYV_d4iVnMID--
        7pvbCUscjd8ukcKa88ciTI7g_Sd_ZMfon7QPKHchRSOFhh9FWd7GyJhIW8qMmdCxRwPdTNcKAKgXxiLt5cHzlQPmDb8KiAsFcw
        """)
    ),
  ]
}
