#define _GNU_SOURCE
#include "include/CHost.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int64_t chost_socket_owner(
  bool is_v6, const uint8_t *local, uint16_t local_port, const uint8_t *remote, uint16_t remote_port
) {
  int netlink = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (netlink < 0) return -1;
  struct {
    struct nlmsghdr header;
    struct inet_diag_req_v2 query;
  } request = {
    .header = {.nlmsg_len = sizeof request, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
    .query = {.sdiag_family = is_v6 ? AF_INET6 : AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0U},
  };
  size_t length = is_v6 ? 16 : 4;
  memcpy(request.query.id.idiag_src, local, length);
  memcpy(request.query.id.idiag_dst, remote, length);
  request.query.id.idiag_sport = htons(local_port);
  request.query.id.idiag_dport = htons(remote_port);
  request.query.id.idiag_cookie[0] = request.query.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;

  // The kernel answers before send returns, so nothing is waited for.
  union {
    struct nlmsghdr header;
    uint8_t bytes[1024];
  } reply;
  ssize_t count = -1;
  if (send(netlink, &request, sizeof request, 0) == (ssize_t)sizeof request)
    count = recv(netlink, &reply, sizeof reply, MSG_DONTWAIT);
  close(netlink);
  if (count < (ssize_t)NLMSG_LENGTH(sizeof(struct inet_diag_msg)) || reply.header.nlmsg_type != SOCK_DIAG_BY_FAMILY)
    return -1;
  struct inet_diag_msg socket;
  memcpy(&socket, NLMSG_DATA(&reply.header), sizeof socket);
  // A socket that its program has closed has no inode, and is said to be root's.
  return socket.idiag_inode == 0 ? -1 : (int64_t)socket.idiag_uid;
}
