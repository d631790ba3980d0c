import Front

Front.run()
