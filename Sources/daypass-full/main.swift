import Command

// Not `@main` with `async`: everything but the credential service runs on this one thread, without Dispatch.
Entry.main()
