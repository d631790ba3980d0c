import Model

/// Keys at and beyond the limits, each with an RS256 signature over `Vectors.message`.
enum RSAKeyVectors {
  static let strong: [(what: String, key: PublicKey, rs256: [UInt8])] = [
    (
      "2048 bits, exponent 3",
      .rsa(
        modulus: bytes(
          """
          4XHdspFbz4i9rCCKqvxNENXPTZWTNQ_ARzbnW4RaRbLtYESyZ9GHVr-wyrL8_CU-
          3frRwl8ecrNUrjA8bjzJ5z_DR9k4wKMkblxLvqw3VBryX3kI0PWUeO6pUe5aOfI3YEvSeUcc20YNCWydhh4rBqd5I6T7jB8atk1BQQXr9db5
          0m_OXW-zOG_8MseU-4Zqhj_LreoAd8d9Qo4c5GWsAbCDi6WJe4jm6To-Heotd8pE6_7rlMhjcrtQM65-96gBudt-
          39s9g123etBmPm6qWaFga1UuarCi5N5zeR0OC7qxqnw_Atnot8aheakFY5zRXyfx8TDXc2e5mw2FIFSQaw
          """), exponent: bytes("Aw")),
      bytes(
        """
        tk6lkedM0mPTATRiwWO4zDqVqs5bwfFI1yvQPGBpRCL4qKajGhHvZVVfD2UCjN3Q8Zfxrj3t61PhDgWZbhIX5x7Qmo-
        LlS0kYgbO5z5WLSr8JPIXMshetHo7zGk2EmpGPgGgEIOkRBcp_-PtBO17E01S6nCmKpKSy-
        WBz8TRZlTkBpYzTCQeHhhAZZzvfz5Y-ImSvBkkryOb3KZ99BBEi9qoJJvFzgr_7H3aoA2zgtU5jwUBUSk1WA20RgxrOzUP-
        viZZr9uXunLuVMWEoSfyPXbEuYn3xCrfwSBRVdcn8-tGhbvcm1-OZzJoxuxq76CZtXJOFbnO1u3RuMtH7PaAw
        """)
    ),
    (
      "2048 bits, exponent 2³² - 5",
      .rsa(
        modulus: bytes(
          """
          rjMu3AHFlXf3JKbSPRWVQJJdJuNrNem_-WF8IDA4ct7cc4FmXbWqztz3-
          wMXMPhzcSho9NrOMnyjRg5zHRpyJjUxKesnlU6fNXU_HpqT5gye4XJUWZs6dLP7nXb72389XDeK4f65Xs919emP_UHMLSliXEiUJi7i0LRzH
          0A45wVkVzeko-bEVmQgP7bLkwew5VSvbtKxCKS7eqBSt2jXYZ9-
          t_lvSV7LMgUM7EZs8T7U3z1QaaszmrUHuvCOmLWWwNRRSLLT9sU9WliBHiXJKCeuFTvpNRCpIC_2SSsH0GfbgaWC7mn4FK7HspR-
          GRcNBaEnefYtSYjZ1axgTaIA1Q
          """), exponent: bytes("____-w")),
      bytes(
        """
        qlZTtm7_uglJyXigyVKqYwdqDsrBeShy0yo4zVbpGBKBjSVFWMA7edDM7qtCTHhpGaMuUjSYWexnCcLLZf6p5Ot7CB-dFtiD9NSGf8q0aXpv
        IQiSBWxGsPg7vlQowEARwVIUP-
        O8b6GhxI3KpduBV9LqfgDbRXuFLoDez2Al89kbLbnEx49uqRqECHjlIUui4renO8cVgwsXb_t4UzOrk9SAJnm9krv26nyHmgTOQoW4hEvdk2
        gysuUKLUOqWzZxI13YUVsAvaPCEkaqGKosef_2ltyXBfUoSrvWe5t5Q2KKtmPqqhakNzF4wG5bzxsYQfhWqxVeim1je4buMNLzHA
        """)
    ),
    (
      "3072 bits",
      .rsa(
        modulus: bytes(
          """
          1ov4rHeWtbOpxKN5nUOe0BJs074yJijnyAr__0ViCPmqUKc24uTJAcRkvuzdym1L273PAyl49RLcFyS6l9qScrW64ZVfnqtB8_ARxJoRnt-
          G3oh8JWB7jiGHrjVNfgGp5IGw7itT2CBwCAdERloqXTAooLd0JkHJB8xUkmsKy8FXazLiWw3TOauJUeAgmEElrHTa--
          30gOi_v8OpELNU5NhPGFqcSDqtm6aUamQ5Zcwk2djGG-ce7Z6cnm0R8spVJ7c9Pjt_nbayjMXbs-
          Skwwn7vQF28NOD1SUFXG1W9bBjcf258Orwrdfhiym-qq4yEchc8syQSn0VxyByK7725kbqk-RmsZfMJ0hrtOKMYY7aekUoM1QJ5tDlWDuLjX
          SYP6wf_6TDmFql6r4lsSCO-
          R3wzndVderpDAu_gpglxV7atde7Ef5nWLw8hMzxcQG9NsS1KntySceIbKKjFFYXsB31idKW9B7hVkYvSWhZpKMipcNbq4F89u9n4q5ywgsH
          """), exponent: bytes("AQAB")),
      bytes(
        """
        DNxyP9hE9zg3owBv5DRhrSFdTeRYCkkAmP3IOqL0gGnNYkvuJkAXa0M7WigoXgwgpvHn1r-g7eEynM3O4CPHA_JXxE6366-
        l2Kxm5BfB3nM3JDzb23A19ZzNw6iLcgxCui7yfW9OcVdBD-N1tcaAuBmF-FaBPh7ku-
        5NZdfxXw_d7EPhDk5sw_BqlOdLDfPLp7qN52D9EIIYF0P2r3H8IHTtmWD7GC5Bjckr9Pm1baJyBR7ZYaUHPbWZ8rMqQ69FcqIX8ujTMDPBMI
        V6lWBrMIYPRzxqMGVDc5aPj3UwF0G999xM54M8Eqqy5znqWlC4kmAuqqxsoG_mbkfkIr9TCaJeyb7eTU-TITa8juarZIOOxe-oFCNQk8CXws
        P-p3OFat6zmiemv-6JdgIklCzztbI7mQbKSHmXwuwGKEuqD4a1oDdolH5kU6_nYX9b5IEv9faK4k8zoIlYH6zkV9-
        rgwupD2u_TBTi1dwvY9bCElpYheoeos4HtdIb-VA-9wHU
        """)
    ),
    (
      "2056 bits",
      .rsa(
        modulus: bytes(
          """
          nqb4BhyDCiacTYJ41mScfzu6-skiepEdoOtasXnlfLJx4VrSTIyCDlDIjdVBIzNSyKiBZUs8zhKrvl1ugnR-ENG-RikYgEfRS9GEEXdqiAaR
          PCObIr-
          6afnoe4cQhGt1XfT6VtwW4UMAkV5TA_h3mFiod_d4bJbITETxc6kHTjXYdlnkiVOM3P6RVeRcy3bxmfShUcmEWMcO9kZUaMALJjYtSbQRhcl
          Q-9tePV4uYf9-KRMDs4XoK1H-kY5mY4Pr3GoBme5nmiihwlzTP1gStCakMZfx-cdu1ZQ2bZ05aBJiZXV-
          vIdPJ2HqA38sNFJtGrxDOAmK5sm3RkK0ez3CKKk
          """), exponent: bytes("AQAB")),
      bytes(
        """
        VyGPe0rzXWA10SWQFJi8wp00s929SNJ08QGP5WdnqFGOSlNA6rommNBTT_KR-TcUiXXbNe2akHmUSx9r5sDaTYOljjVMa-
        1LdxvHNO_46zYHb9WhsPPnRj60HsJLUP1EVxVs4uEnPBMqK6QQ-
        86Ye9OaHezjOYIu0SFV16EuoQWsvMRdhAE28b3PdXtYhSmM6LOVWo5NSId2JNAeLaOXEaAQdNfdcLOJVZyIV0ss8cmnQKKfsEJGHy6gSqR7j
        3N006JgpQntdoELSN3hCRlIwQ1zzMW0bfFXmjjVq3BdD5ro7R-oApFtrQ46Th9DfWqcghQf57cLMpTNTooz_5SmBk0
        """)
    ),
    (
      "8192 bits",
      .rsa(
        modulus: bytes(
          """
          t3lxyGy01cNiL3oCjWn7FHPNvV4O1szv3F_B9ceUA6G5u8Stt59z9jIb7Hg-eDEHhw1sDjpRaDkTIBaeG4H7FytXeFpbLeQfp7nsHe6sSgKW
          bfs_MeqPUqcQNZDkXZryRIMZPVZRjFjUVBhd_1jpw7daOnWqrkpj5kTPp4pTjyG8VQbECkHfwyqCSpek-YL56IQTdoJhf-
          tVSaijXBenJi5gGh08r_x3LaLedMyhiROlRC3XLpYFhHSoa-Cjqt38tof4foRoGaLzvxLoVHs_krUe8Dcwy59-
          6WaTCgNaHYGttRB3nvSIsLBSDErQdYI6zd9Ha92s5r8RKEmSaQzMcequRQPGlHr3eUxo7puCsxZBnN9Ln1x1A1h3PF71V4f6zY6LtETmGzbv
          rHddKTXlWV1lIrab5iioZXwVaFtNz8KnYlZF74UJ_8jPzvRmnYv3ikdSiz29wdfjiWRz-1qkhvtOCvNehS4u0Y8O5YwLoR-
          6h1TumvnbfleQXKfNd3XinUjjVuhH9XbCkB7ZmkKkn6CEuIX5eRa6aCagnfMdA7MKUhm3bVCWwW8ZTR3h4sv7XgyTAXgK4LbFYfc45tI1Psd
          7u8uQUtX2MF9bmxLfKOXKihCDn9C-VCFhP41te1FOzj2pLIqEHzHdhTpc3oNVEwu-
          qHSdM2lsJikGCkw5Z2AXv3uKbyiIHpeL8sZvMsuOlhu_rYgmuS2NCe-RF-
          0bSuLqAmhH71B7WsTFDWGnqqHFRZmOIQderF76SRw_PXJDB8vapx1bn4a8jy9H0AQr6SJLdx6cGBqRuxVi2Ra6Q9QFmhqdXPky7ey_3Sj2nC
          2nECYoAM3ZKcFOw5U_oQ_qAim2uyb-OZ7x515Xj-
          aLXzwx_GHXtzWvoasrU9-0L1i_vTwEm7Q1ECGQUXXa9qeMFcMywt6uttsn414lDyhy-Q7b9bvNEqpZFV1elRDnngFX-BWMVXPnDgDpGL1sby
          XKAFA18oXconRIPApISan-R4Yny8GrK5jOfXTvbXVsiHI7MMtz59yiBDLsXWofw0mYybYDpMlcqgnohjpMnabaG9WO47L770_NMT5BCeZc-Y
          nLOH0S5_Ek2vAmL6aLmn7R7KvbnMIvaEUudP5b7xUNvr4Zeghh0mxv5MwoUQy9x48loHvKWAaO5cOkN-m1keu7G-
          _fFeI9T79LJ7hm06wPeYLnSHF_jsmMW6bkcr22o20Po5Pz05y-
          LBcNo27LEgXY3ImADHpgbM13siWMuoiAi6kASvuyoNAgDBKf95Qu3rraXLlwY1MWwENDelChtwqvsSGWevGM_56U1JKsoftKR3vGxfuHr55d
          0fl1gPdbNwUf5ZOOIOzqL6g-HNfGZMzBew
          """), exponent: bytes("AQAB")),
      bytes(
        """
        cfnumlzJZAVHfE1X-b2zFqPohQZF7Q78WdEtpwPLWEvmfWeYloY-nni9r1biQwOiUHSN_1R8cQhtX9LkbMttbAyfW105oXEDuhPNPTwZbJgn
        Y0uFEPM9Rr4VzhXZ1uvAXNiQJZeCZON6eE4-LIavT8kYu91KecFVTmtEDLDQEwAcf6qCLaxe-
        UPLsXh0UtwX9JX4ECtvXOLpo01-VUFgOQBuOz9F0LdsHlBiGfcR-H7WxHUWKeKVOM2UbPXsEx-Cobjp412PxuP84iWKsXO_3imB8LENMvx6u
        I2-
        _DRaLbbmZQb7xeKBpC3Iw2zXXGyYlho9aIIIhUzFkFK86LplvDRcy5DF24IeHSY_wAA0sCsqL0FJeJ7IfZ5TQbJ7iLokLBVb6oik8AS2hAIg
        nqMnAjV4kS06DGkIdyPUpNI6ut-
        tbRR3hhov1HFL0buUF5uRA69MXWOpkKWvV0uoeJbV5yoUIqGqEMTEGA3sysjOHOiEhNuYDLFoX_KPyZJNnjJixvnSJ2UWFSB-
        EFCc6hEPSsrk-q-4zSLkuWnMMD8kBNFl8BSZwc_FSpDmtvI5s6DYpGEEZK7myIaLKQSqbCK-cOndgABxdCvEjY1zVUnh9X36VoxLG8-
        yNsqkDhyeWSyNOA98WY_VbGre4PkmtogclFCuLXOqw5_wrD_4-
        9S4nxzhPTRxlXGxIjLLjHBldX4bGny3MFuaI1W553x4BYzDwrFMupmo1iKGfzhUj6r9pzM9ExBeUgBxYKdIhs5JS0py-fjaA9gs7uh4DfkMT
        u3QPvo9Wptlpq940QpWNfoQGR6aI9sVW_M8OIT6ySXM2dWs3_Ea8bcG1j3dXxOvLMwAQNF6SrxDIfuRVWxrfsE_2PkgI_skNVvISSzYNRqmD
        tBb0JEvW-2x2IPWmc2RBXE5XWTsv8nqwIvEbJNxUL-z7JghGk4Oz-
        D4V8lMMW7AdEiyQQwKmliilf9f15UwtLAeOJLgrbU8UB7krSzwZP_Fs4PIr6gl7qgj4pk2zJcrcKuZWbxXv5BJB-
        mz8KyDuWo2Q6vOUk1wkdtYmNxIBc5rwhUeIvh5HJO3QOlgGVt-
        wbF_h0NOjA2hc8T03RagoATyWS31A4p5lctsX7eDKRiZPxfeVT5BvDJqWqRvW4qJ-DxZG9uwRnNAEK-
        LblE85fwotjCiX1-JTcvR9rWWG6GcY-H39qIy5stFQR0JhYRwQePulqoR_9yNWUv-
        gkusBGtxt-6ph2psN9DlX6WwnBm0at6JqZcJ_mlo1dPUH9MwCTV5IDs6BnlAcADjDH6sZOHT5rZvVFsYhxuN4IgjfoiK2xzSBG-f-
        cukH6OdDhd6uHhvY2n7z1Ly2ebXtXBAE6L9fA
        """)
    ),
  ]

  /// Signatures that are right by arithmetic where there can be one, under keys that nobody may trust.
  static let weak: [(what: String, key: PublicKey, rs256: [UInt8])] = [
    (
      "512 bits",
      .rsa(
        modulus: bytes(
          """
          slTO4Ng-DLC2H-oQWjh_kEcyd9kxXgOI1SbhiyLxEWspXlHewFrXRP_hQs971bPGAzzP9coJQqE7Bba5BU82BQ
          """), exponent: bytes("AQAB")),
      bytes(
        """
        H3scM5OR4LEZd9adGNVtsAFbZSw8yov0IV1jGQ6Xf6fb6dcnU4knTndUZUwqQOfrZ69SGjArd9eCbjDjjPycIQ
        """)
    ),
    (
      "1024 bits",
      .rsa(
        modulus: bytes(
          """
          5Aqu9DnFtHhb5jNkeBEDiYetana6mfycwKC0Qt5rPp_1m-
          5PtMgtZqKy4DMtgdGsMoFKVtnBcbcuWcEWYGm9nDqE2FVrSyoyABZFwVy_obmZmw9dYWTP7g5yvdVBWptN0Bmf9WxIyJ5d86Xjj_Vi_x5hGy
          rgEpBgZEazJ8TQQTE
          """), exponent: bytes("AQAB")),
      bytes(
        """
        ygBFgTyNM5AJgT1lO8JHwPDdwvU_F-fwHMV5f3HrlNrbW9-
        bbSbUg9Tf83Cdd7cVOCgMLkwsjaO3XolN0EN8dLDDmKiCMPgwJLdSKGkAvnXUD6IUzBs2KcPjd_AOMur8FLco2DpBOR4QETOZuwT_HXvjos8
        YqDnGEv39gQ8H3uo
        """)
    ),
    (
      "2046 bits",
      .rsa(
        modulus: bytes(
          """
          Laq5zBlkFnQuY_XiCrC65lgoX4l8rOTe-A3dbfljb5SfqkaUvHcoFBGKNGddAad2qPapkx3q8zVMHwKL4Cld-HzT0x45yhLmz2Tpgy-PB9jq
          6VSQ_3OerMi3QossjaXWub4RyHaUWHbKCy2peAQnL_ZpHH0c-JiDma7fAjLiIF3qXxeqFzjLOPzPYwF9-
          upHzdMGqfdnsDLctcoXH4nweS4UceWwf_t53BwtX-IQwqInR-
          fFgu0-uBJ3gk1VSg4YRIfLLIp10j2I3mgzDPflbT9ESMSBbcRYDMzBSlancq-NclHc3aTd507h6JgvvULlqSFdDpSn7pIQGRzTyjjF6Q
          """), exponent: bytes("AQAB")),
      bytes(
        """
        IzGZaZ1jBZZwE8EF85kwKlYv77XO5Cokpa1Vg3PIAo2GG8VzReetSC9e37rhXq-
        stKeQBIMNFDK1iTxf3afqZRHfwuvRHDjeTLlQb9iu77R2e_r4CzalnFa_Md-
        AlMECkJ65PqkheJMLYLGa63EGvCDw3nIt2CqJBjEnUOivpMkLP_jt9gN3-yWYvZU3cXvRnN06j61ZX6gQYl5Yr6HoDDYgPStj-
        xEVFBV0W_Ic26hejbtFogNKdx9t9YiFsBRZKJ4MZv4c3icdbxLeX0t--Qqyn-
        tsHKD74LbbCWMeNXWLJViHUpeVukvJNTjpzm4ESL12oE-v7JRd8c87zx2TwA
        """)
    ),
    (
      "exponent 2³² + 15",
      .rsa(
        modulus: bytes(
          """
          mnppMgvQzzwZYGm5R9oTN4xhGSvdJ0_IUrsXuah69QnPaU9i7vvsq1zDtJhXwM8b3i0zcJV4jIVG013s1Zvv1DqdTI3I6B6QetJQNexMNKDa
          xw_QysVnqqy8iQyhhO1ORIqVXdmnzU0-T2u9w_DIKQgxjLpk7R5yGMaHRdW2Ij3JjuEPo6WC8d-
          ILeD9cuAVrXpwxOfpp7cIi97x4zUwClqOLYwj8NBIwl5p179Jo0GH1M04jaAAcDCeLGTIhJnPLYv6f3ocevGn7O3Fip_gYNDY8bix_0nxwhv
          8b_RJeDCPOVuvBphNcLAe4wBKj1H31WuHAdak0CVarNJYS_sWSQ
          """), exponent: bytes("AQAAAA8")),
      bytes(
        """
        h7VNn1x7BuALKcK5itsZnDp4VRZ68F3doNzrozVkUecnAEhFpTpQ5BUsn5sa4qxabSbWfKaCTaPLOmYwoEcu2GEIunMlAcK7YPJI2XyjwMeB
        vaQOicpx4Vldb9ZDUod02RGskujRCWw4Z7n1V-Rujyuo4Sn-q0r-Zbhha9aFRVdkTWYHSvLdZlPoUoyzaZ4aRZelAjmRsZVYJG3jz-
        2YclsJ6f4jFgcBoODreJfKf2bdk0GiLXAoQDbLo6_RvVT_a5aft5OZVVVnpE3EzzHs_VwBy3kPvpCYle6sp2081M2ZLfzKey1Dc1XbRMzWTj
        zZqtW9h9dXOmgGVIGvyachlQ
        """)
    ),
    (
      "8200 bits",
      .rsa(
        modulus: bytes(
          """
          5U6moEX7ArvpvE3PfquWZv_BePyI4hPm2ZUBNeGdu4dEfnNGOhXXKYkl7ScuPGFRVVDvWOE56n-LIA_2UjbwukFDh4KG-MewX4M2LOibSBDz
          -72sZ1SkWeoE3pt3ZWCL_rB3Ut7YbOxMDNtuYSg97Vk6EJKilCH7uhw6kTP8L-nZK6lUA7h9LyaT5uZk_H0sZwM4qbRxr44bl3m-ZMX-YoSn
          8F4_se4Em5p8Q1iY8HcUIgVt7sByiaJoV49KpWEOomgJ5GP9FDqOgAsDtA0bG0hBamUfYoXGl6Ia3-
          6Hyh5RCGZdjspbDV2tt49ljWmOGQTMsaWL3uL2Ussr-5e7kPu5TWe4FMRoDJrI-kK71auc4eOr3sHUh2M3335SRh8Vtr3Kd6EX4vn06zgtdl
          uv_g_Shai_l1Yg0WzwESzFK3XzEUXYhQpBlp5lU87dloFoFqadus1ZDd2vBiUdWAyhBghAxV5OcQMWOAtsNP9kzajyRg23SOWoK4UzJf9RJg
          sJ9OkfpHkkeTcqlUzBTfvAjLgab8JkdjDGuLWvmDRFfCU8DiIHnyC5nwexejr3jpacq_MVkM4F7rM2pWYpY7eDG0avOOynLEDxYq2q_9rNoV
          VyfK9g9_a7FHjxMVdz-
          RL9XD7Gg8RWFU4BY4qlCbKxUli57Xv2eRY_4x79Tb2OkgSewT6Y1HJZ_WICpUg_aFNFEj1gizl79oTPulVeEV4uY7bs2pYcsif7snWUBvu-
          pNtLuSnb7JA3rp3MDY0XmQ0Brtv4y91EjV76lg-1j8y5qzYD-
          dIcD6LgZQCT1ivp0pvOPBCN_DcV5vrbLZcUcbnHdV7HZ96Iv5h87Krj1jwa9o9XIYpm3HXIPRg-ebmKolTFeq0eh-
          dZIrXm4Vsx_mArvSGQdY-algZZcxxs6CiaNmLICVuEGp70sxkpQvCHD66OU_OVsJNJnbmoq5w19E5J_HcY4VwYbcDnI4PPI6uYD4purq4-
          2mHC6ezJokAfNsJVsJa5LHWMsJyK0FqLCUZb9MECUD2Y06G6OHYP4SXGzDgkX8bveV24KbrwDYJdU6gk-7EzJXa-S1kTy-
          o0VOtZ29wKD5kuHbL65ZAZYEeH0zYiCWXmN1N-isPO35EumFRe5VNnpxP0-
          2XmHR9ox74ghuSMy09dhYs0BuZGpXVNEtsAsuw8EDmPHMHWAp5s-
          C7J4y5mOWTUECZcAEoROG3F409e6kbMfcKkHnWjyZ_h8kGG8UDYc7NIKAQjV_KYFYCo8xruZQMs4PmtHQ7GQahGeSDkl7GpmBRtba7WmI2TO
          6FNAKB5Xmt4ylE_WDVMFDuhyzvbwzXMGa8YPYpgGatcbK0YfKDcIXBZoLffAVEn0XM
          """), exponent: bytes("AQAB")),
      bytes(
        """
        wlRCG61xzMV1uEc4939OirUzo-_c8GSitbFH5I_IA8qdk-oGjZdTM4Ehp7D-44_3Muov0HA5f3xDU-
        YS2mBHuwmx9Y319xd_sc9NQH7JeZ5Cmxc0xXP1Tx--6v3ww0YZxWqzh-KLUhj4FTJcKdeyOcW-EDLAt7YHdaj-xvuNWlelDGytQvOqSzli8f
        v46vpQFTYpir-
        u3pBLQoiIKqmWWpwDp4mDzw5JOZFmx3xJwRtL_sg9ro0md_sYau36J7hM3zAq_dbyWSPL0hQmm6KrvM1UERk3vWHS0gmnH9La1Wy8jb_0--
        mhWz4rt52HosxbKRHO-OH3ins_LBbwJV4NOosXVIkWpfJBqMfrgPTOFrHL7iAjlyKLuALWZL1T0_hQmxOD4-loPpm-
        XHfeKS2h8Uaj6LdbHdL0KVH6zKAZI5J2-Z2PEBv2nNBgqTaSgcENhgUZXCxbzlaTYYIhN_zMxIItj-KQcVYDB7k-
        fv4JHs_isYonQFZAQ6DLFtvW2J_pi4HFZE8MGSVrTxTg9Kt9ZFWCzOTUBBod6DXqDiQmTtv4aew8SMyhbB-
        0lViLpd0UEXvXcv1o10VrCPQINrL0Jur-mHfaFhpjC3eIjJ1pOWTAkrA03mkx4GocjL0v9-5r229x6hz_Vul4ldWBj2myfvTeaj_z-
        Px82Mg5jucaVdHGTQnNppIDeiHjL5mml4JY-
        RxlQ-7X07nKaUT9SIM8pcnaJgycPGqwETa04Pe2k_hYe8Q8rY3-PhzhBU5ZJPIT5W85ufPdDMnv-
        kNaYv3gx8d666VGGdQkj7ckhyMZ2DZUsQDdLtodS_CAmukoZATPmFnL4UFNBqo8lxNomtJPVWhGT50Pyc2CA-
        MSQqSG6PFAXGdqyyztvZUmT-DvMkYPyeTRv6zKpLAV7dIKPxrPPCZNAwMjSD4sE37IHTAmJDymcaeTm47sG81kOWSJLJP9jSelikq9GP4t8H
        eCi7Soqa9Xw0hTF1ON4N4SDq_Ns5m6gbxSiBV4-
        GJ78bt3KvngXsGnHgVb1e1qT5oLFHxS5iBkJACJ7auFp64bzIm939W8R60XukuCQDzuVCOJtClIagImTPY-FzFRioRdVEx6z1I-
        TKrz2Fg8_eX9h37zRJBQGeW4qxGYnz7FwFX_A6ZRLrTgcJBkWKPUPMTxSv3TqPRgk5kWu1mZT1UqiXnkqF1lO0R5gbHDl_NfuTi7m72zKY9y
        nfTJir-SXO62ODkcviaCL0bn7lgdNUtMvbmTVRIkHVpW8dfN4gGUREbtjtoPmGN5rI36cl4pMPwLzo70jX2sSyqeNiJ-q-
        Jo5UKgaCke_NNeWPZPYu4sTSd55fCnIGSurl8hju0SJ3jbw-WX4q8
        """)
    ),
    (
      "exponent 1",
      .rsa(
        modulus: bytes(
          """
          lSUgRfPtb98iVQ174aPs3D3FR5TGtxGP80-
          huhcNk6FHwC8KaqDoRvkEsBxZF5V2bFvu9DRmakoLjrAOefOUWNxu6kPVewSJPyoxOhuEGX3a2Ptdo_-
          DtiMyf3rLH4m1s-__CMWNwfsksdsMuveyIjwleSLaDWUZ-YW4ieOVjnMLXr8HBp0fen-8qtHtBAfDOD6Uu-HYBHdrGQpHOLWa1qnNdu5ixc2
          iSZgojMJreaPwBNKsZJatilffKKGqKwqRUrGuShjU96DBAn-3J6y6aaY1cCBFe6Ol016o3jxe29tH2hoKZcyYl9omCol-CO-
          LVCl7imzvXc_IFdNwFj9NTQ
          """), exponent: bytes("AQ")),
      bytes(
        """
        AAH_________________________________________________________________________________________________________
        ____________________________________________________________________________________________________________
        ________________________________________________________ADAxMA0GCWCGSAFlAwQCAQUABCDSJKf0I02WGCmuluFCnHFCuRWW
        qgxMyTqVXwqHhNfuWA
        """)
    ),
    (
      "exponent 2",
      .rsa(
        modulus: bytes(
          """
          lSUgRfPtb98iVQ174aPs3D3FR5TGtxGP80-
          huhcNk6FHwC8KaqDoRvkEsBxZF5V2bFvu9DRmakoLjrAOefOUWNxu6kPVewSJPyoxOhuEGX3a2Ptdo_-
          DtiMyf3rLH4m1s-__CMWNwfsksdsMuveyIjwleSLaDWUZ-YW4ieOVjnMLXr8HBp0fen-8qtHtBAfDOD6Uu-HYBHdrGQpHOLWa1qnNdu5ixc2
          iSZgojMJreaPwBNKsZJatilffKKGqKwqRUrGuShjU96DBAn-3J6y6aaY1cCBFe6Ol016o3jxe29tH2hoKZcyYl9omCol-CO-
          LVCl7imzvXc_IFdNwFj9NTQ
          """), exponent: bytes("Ag")),
      bytes(
        """
        AAH_________________________________________________________________________________________________________
        ____________________________________________________________________________________________________________
        ________________________________________________________ADAxMA0GCWCGSAFlAwQCAQUABCDSJKf0I02WGCmuluFCnHFCuRWW
        qgxMyTqVXwqHhNfuWA
        """)
    ),
    (
      "exponent 0",
      .rsa(
        modulus: bytes(
          """
          lSUgRfPtb98iVQ174aPs3D3FR5TGtxGP80-
          huhcNk6FHwC8KaqDoRvkEsBxZF5V2bFvu9DRmakoLjrAOefOUWNxu6kPVewSJPyoxOhuEGX3a2Ptdo_-
          DtiMyf3rLH4m1s-__CMWNwfsksdsMuveyIjwleSLaDWUZ-YW4ieOVjnMLXr8HBp0fen-8qtHtBAfDOD6Uu-HYBHdrGQpHOLWa1qnNdu5ixc2
          iSZgojMJreaPwBNKsZJatilffKKGqKwqRUrGuShjU96DBAn-3J6y6aaY1cCBFe6Ol016o3jxe29tH2hoKZcyYl9omCol-CO-
          LVCl7imzvXc_IFdNwFj9NTQ
          """), exponent: bytes("AA")),
      bytes(
        """
        AAH_________________________________________________________________________________________________________
        ____________________________________________________________________________________________________________
        ________________________________________________________ADAxMA0GCWCGSAFlAwQCAQUABCDSJKf0I02WGCmuluFCnHFCuRWW
        qgxMyTqVXwqHhNfuWA
        """)
    ),
    (
      "no exponent",
      .rsa(
        modulus: bytes(
          """
          lSUgRfPtb98iVQ174aPs3D3FR5TGtxGP80-
          huhcNk6FHwC8KaqDoRvkEsBxZF5V2bFvu9DRmakoLjrAOefOUWNxu6kPVewSJPyoxOhuEGX3a2Ptdo_-
          DtiMyf3rLH4m1s-__CMWNwfsksdsMuveyIjwleSLaDWUZ-YW4ieOVjnMLXr8HBp0fen-8qtHtBAfDOD6Uu-HYBHdrGQpHOLWa1qnNdu5ixc2
          iSZgojMJreaPwBNKsZJatilffKKGqKwqRUrGuShjU96DBAn-3J6y6aaY1cCBFe6Ol016o3jxe29tH2hoKZcyYl9omCol-CO-
          LVCl7imzvXc_IFdNwFj9NTQ
          """), exponent: bytes("")),
      bytes(
        """
        AAH_________________________________________________________________________________________________________
        ____________________________________________________________________________________________________________
        ________________________________________________________ADAxMA0GCWCGSAFlAwQCAQUABCDSJKf0I02WGCmuluFCnHFCuRWW
        qgxMyTqVXwqHhNfuWA
        """)
    ),
    (
      "no modulus",
      .rsa(
        modulus: bytes(
          ""), exponent: bytes("AQAB")),
      bytes(
        "")
    ),
    (
      "even modulus",
      .rsa(
        modulus: bytes(
          """
          lSUgRfPtb98iVQ174aPs3D3FR5TGtxGP80-
          huhcNk6FHwC8KaqDoRvkEsBxZF5V2bFvu9DRmakoLjrAOefOUWNxu6kPVewSJPyoxOhuEGX3a2Ptdo_-
          DtiMyf3rLH4m1s-__CMWNwfsksdsMuveyIjwleSLaDWUZ-YW4ieOVjnMLXr8HBp0fen-8qtHtBAfDOD6Uu-HYBHdrGQpHOLWa1qnNdu5ixc2
          iSZgojMJreaPwBNKsZJatilffKKGqKwqRUrGuShjU96DBAn-3J6y6aaY1cCBFe6Ol016o3jxe29tH2hoKZcyYl9omCol-CO-
          LVCl7imzvXc_IFdNwFj9NTg
          """), exponent: bytes("AQAB")),
      bytes(
        """
        AAH_________________________________________________________________________________________________________
        ____________________________________________________________________________________________________________
        ________________________________________________________ADAxMA0GCWCGSAFlAwQCAQUABCDSJKf0I02WGCmuluFCnHFCuRWW
        qgxMyTqVXwqHhNfuWA
        """)
    ),
  ]
}
