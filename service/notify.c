/* What systemd hears (sd_notify): ready, still alive, stopping. Without it nothing is said. */
#include <stdio.h>
#include <systemd/sd-daemon.h>

#include "service.h"

void notify_ready(const struct service *s)
{
    sd_notifyf(0, "READY=1\nSTATUS=answers on port %d", htp_server_port(s->server));
}

void notify_stopping(void)
{
    sd_notify(0, "STOPPING=1\nSTATUS=finishing what runs");
}

int64_t notify_pause_ms(void)
{
    uint64_t us = 0;
    return sd_watchdog_enabled(0, &us) > 0 ? (int64_t)(us / 3000) : INT64_MAX;
}

/* A process whose event loop hangs must not say that it lives: it is asked as anybody would ask it. */
void notify_alive(const struct service *s)
{
    if (notify_pause_ms() != INT64_MAX && probe_alive(s->conf.management_listen, htp_server_port(s->management)))
        sd_notify(0, "WATCHDOG=1");
}
