/// Of this program, by Semantic Versioning. What one version left for its front is not served by another's.
public enum Version {
  public static let text = "0.1.0"
}
