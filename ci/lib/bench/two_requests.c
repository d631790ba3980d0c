// The least that a client can do for a first exchange: two requests that are known beforehand, one after the other,
// each over a connection of its own. Prints the milliseconds from the end of each request to the end of its answer, and
// those of the handshakes, which are there with -DTLS.
//
//   two_requests PORT FILE PORT FILE [CA FILE]

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/ssl.h>
static SSL_CTX *context;
static SSL *session;
#endif
static double handshakes;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static long put(int channel, const char *bytes, size_t count) {
#ifdef TLS
  (void)channel;
  return SSL_write(session, bytes, (int)count);
#else
  return write(channel, bytes, count);
#endif
}

static long take(int channel, char *bytes, size_t count) {
#ifdef TLS
  (void)channel;
  return SSL_read(session, bytes, (int)count);
#else
  return read(channel, bytes, count);
#endif
}

static void shake_hands(int channel, const char *authority) {
#ifdef TLS
  if (context == NULL) {
    context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || SSL_CTX_load_verify_file(context, authority) != 1) exit(1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  }
  double start = now();
  session = SSL_new(context);
  X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), "127.0.0.1");
  if (SSL_set_fd(session, channel) != 1 || SSL_connect(session) != 1) exit(1);
  handshakes += now() - start;
#else
  (void)channel, (void)authority;
#endif
}

/// Whether the answer's head and as much as its Content-Length says are there.
static int is_whole(const char *answer, size_t count) {
  const char *body = strstr(answer, "\r\n\r\n"), *length = strcasestr(answer, "\r\ncontent-length:");
  return body != NULL && length != NULL
    && count >= (size_t)(body + 4 - answer) + strtoul(length + strlen("\r\ncontent-length:"), NULL, 10);
}

static double ask(int port, const char *path, const char *authority) {
  static char request[65536], answer[65536];
  int file = open(path, O_RDONLY | O_CLOEXEC), yes = 1;
  ssize_t size = read(file, request, sizeof request);
  close(file);
  int channel = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(channel, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (size <= 0 || connect(channel, (struct sockaddr *)&address, sizeof address) != 0) exit(1);
  shake_hands(channel, authority);
  if (put(channel, request, (size_t)size) != size) exit(1);
  double sent = now();
  size_t count = 0;
  while (!is_whole(answer, count)) {
    long got = take(channel, answer + count, sizeof answer - 1 - count);
    if (got <= 0) exit(1);
    count += (size_t)got;
    answer[count] = 0;
  }
  double waited = now() - sent;
  close(channel);
  if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0) exit(1);
  memset(answer, 0, count);
  return waited;
}

int main(int count, char **words) {
  if (count < 5) return 64;
  const char *authority = count > 5 ? words[5] : NULL;
  double first = ask(atoi(words[1]), words[2], authority), second = ask(atoi(words[3]), words[4], authority);
  printf("%.3f %.3f\n", first + second, handshakes);
  return 0;
}
