"""Every figure of coverage, recomputed from what ldapsearch prints. Written from the contract, slow and plain, and sharing nothing with the service."""
import datetime
import json
import unicodedata

WINDOWS = {"P7D": 7, "P30D": 30, "P90D": 90, "P180D": 180}
CATEGORIES = ("can_bo", "cong_chuc", "vien_chuc", "nld_hop_dong", "luc_luong_vu_trang", "nguoi_hoat_dong_khong_chuyen_trach")
ISSUED = {"provisioned", "active", "temp_locked", "migrating"}
SITE = datetime.timezone(datetime.timedelta(hours=7))
DAY = datetime.timedelta(days=1)


def date(text):
    return datetime.date.fromisoformat(text) if text else None


def moment_day(text):
    return datetime.datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=datetime.timezone.utc).astimezone(SITE).date()


def fold(text):
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def id_in(dn):
    return dn.split(",")[0].removeprefix("cvId=")


def one(entry, name, default=None):
    return entry.get(name, [default])[0]


def tags(entry, name):
    return {key.split(";x-")[1]: values for key, values in entry.items() if key.startswith(name + ";x-")}


class Unit:
    def __init__(self, e):
        self.id, self.code, self.kind, self.block = one(e, "cvId"), one(e, "cvUnitCode"), one(e, "cvKind"), one(e, "cvBlock")
        self.parent = id_in(one(e, "cvParent")) if "cvParent" in e else None
        self.active_from, self.active_to = date(one(e, "cvActiveFrom")), date(one(e, "cvActiveTo"))
        self.headcounts = sorted((json.loads(v) for v in e.get("cvHeadcount", [])), key=lambda h: h["on"])

    def active(self, day):
        return (not self.active_from or self.active_from <= day) and (not self.active_to or day < self.active_to)

    def headcount(self, day):
        known = [h for h in self.headcounts if date(h["on"]) <= day] if self.active(day) else []
        return known[-1] if known else None


class System:
    def __init__(self, e, feed):
        self.slug, self.kind = one(e, "cn"), one(e, "cvKind")
        self.required = [json.loads(v) for v in e.get("cvRequired", [])]
        self.rule = json.loads(one(e, "cvActivity"))
        self.data_through = date(one(feed, "cvDataThrough")) if feed else None

    def stale(self, today):
        return not self.rule["reported"] or not self.data_through or (today - DAY - self.data_through).days > self.rule["stale_after"]

    def knows_regular(self, days):
        least = 28 if 28 <= self.rule["regular_of"] <= 31 else self.rule["regular_of"]
        return self.rule["precision"] == "by_day" and days >= least

    def lines(self, unit, world):
        block = world.block(unit)
        return [line for line in self.required if (not line.get("blocks") or block in line["blocks"]) and
                (not line.get("unit_kinds") or unit.kind in line["unit_kinds"])]


class Person:
    def __init__(self, e, usage):
        self.id, self.category, self.hired = one(e, "cvId"), one(e, "cvCategory"), date(one(e, "cvHiredOn"))
        self.posts = [json.loads(v) for v in e["cvPost"]]
        self.home = next((p["unit"] for p in self.posts if p.get("primary")), None)
        self.leave = json.loads(e["cvLeave"][0]) if "cvLeave" in e else None
        self.departures = [json.loads(v) for v in e.get("cvDeparture", [])]
        self.credential = one(e, "cvCredentialSet") == "TRUE"
        self.state = {s: v[0] for s, v in tags(e, "cvAccountState").items()}
        self.since = {s: moment_day(v[0]) for s, v in tags(e, "cvAccountSince").items()}
        self.reason = {s: v[0] for s, v in tags(e, "cvAccountReason").items()}
        self.days = {system: {datetime.date(int(v[:4]), int(v[5:7]), d + 1) for v in values for d in range(31) if int(v[8:], 16) >> d & 1}
                     for system, values in (tags(usage, "cvUseDays") if usage else {}).items()}

    def recorded(self, day):
        current = [d for d in self.departures if d["state"] != "withdrawn" and "ended_at" not in d]
        current = max(current, key=lambda d: d["number"], default=None)
        out = date(current["effective_on"]) if current and current["state"] != "held" else None
        return bool(self.home) and (not self.hired or self.hired <= day) and (not out or day < out)

    def current_posts(self, day):
        return [p for p in self.posts if p.get("primary") or ((not p.get("from") or date(p["from"]) <= day) and (not p.get("to") or day < date(p["to"])))]

    def requires(self, system, world, day):
        for post in self.current_posts(day):
            unit = world.units.get(post["unit"])
            for line in system.lines(unit, world) if unit else []:
                if (not line.get("categories") or self.category in line["categories"]) and \
                        (not line.get("positions") or fold(post.get("title", "")) in line["positions"]):
                    return True
        return False

    def hosts(self, day):
        return [p["unit"] for p in self.current_posts(day) if not p.get("primary") and p["kind"] == "biet_phai" and p["unit"] != self.home]

    def away(self, day):
        leave = self.leave
        if not leave:
            return False
        start, end = date(leave.get("from")), date(leave.get("to"))
        covers = (not start or start <= day) and (not end or day < end)
        return covers and (not start or not end or (end - start).days >= 30)

    def chain(self, system, day, length):
        """What this person adds in one system: eligible already."""
        slug, state = system.slug, self.state.get(system.slug)
        issued = state in ISSUED
        days = {d for d in self.days.get(slug, ()) if d <= day}
        opened = self.credential if system.kind == "directory" else state == "active"
        out = {"eligible": 1, "issued": int(issued), "locked": int(state == "temp_locked"), "on_long_leave": int(self.away(day)),
               "activated": int(issued and (opened or bool(days)))}
        used = issued and any(d > day - length * DAY for d in days)
        regular = issued and self.keeps_the_rule(system, days, day - (length - 1) * DAY, day, length)
        since = min([self.since[slug], *self.days.get(slug, ())]) if issued else None
        new = issued and (day - since).days < 14 and not self.keeps_the_rule(system, days, since, day, None)
        out |= {"used": int(used), "regular": int(regular), "too_new": int(new), "never_used": int(issued and not days),
                "on_leave_unused": int(self.away(day) and not used)}
        if system.stale(day):
            out |= {k: 0 for k in ("used", "regular", "too_new", "never_used", "on_leave_unused")}
            out["unknown"] = int(issued)
        return out

    def keeps_the_rule(self, system, days, start, end, length):
        rule, slug = system.rule, system.slug
        if length and not system.knows_regular(length) or rule["precision"] != "by_day":
            return False
        if self.state[slug] == "temp_locked" and self.reason.get(slug) == "inactivity":
            return False
        start = max(start, min([self.since[slug], *self.days.get(slug, ())]))
        asked = -(-rule["regular_days"] * ((end - start).days + 1) // rule["regular_of"])
        return len([d for d in days if start <= d]) >= max(asked, 1)


class World:
    def __init__(self, service, today):
        feeds = {one(e, "cn"): e for e in service.ldapsearch("-b", "ou=usage", "(objectClass=cvUsageFeedEntry)")}
        usage = {one(e, "cvId"): e for e in service.ldapsearch("-b", "ou=usage", "(objectClass=cvUsageEntry)")}
        self.today = today
        self.units = {u.id: u for u in map(Unit, service.ldapsearch("-b", "ou=units,dc=congvu", "(objectClass=cvUnitEntry)"))}
        self.systems = {s.slug: s for s in (System(e, feeds.get(one(e, "cn"))) for e in
                                            service.ldapsearch("-b", "ou=systems,ou=system,dc=congvu", "(objectClass=cvSystemEntry)"))}
        self.people = [Person(e, usage.get(one(e, "cvId"))) for e in service.ldapsearch("-b", "ou=people,dc=congvu", "(objectClass=cvStaff)")]

    def block(self, unit):
        while unit and not unit.block:
            unit = self.units.get(unit.parent)
        return unit.block if unit else None

    def figures(self, length):
        """{(unit code, system): own counts} and the sums below, for a window that ends today."""
        own = {(u.id, s): dict.fromkeys(COUNTS, 0) for u in self.units.values() for s in self.systems}
        by_category = {u: dict.fromkeys(CATEGORIES, 0) for u in self.units}
        for person in self.people:
            if person.recorded(self.today):
                by_category[person.home][person.category] += 1
                self.add_person(own, person, length)
        for unit in self.units.values():
            self.add_headcount(own, unit, by_category[unit.id])
        return {(self.units[u].code, s): self.sum_below(own, u, s) for u, s in own}, {(self.units[u].code, s): c for (u, s), c in own.items()}

    def add_person(self, own, person, length):
        hosts = person.hosts(self.today)
        for slug, system in self.systems.items():
            counts = own[person.home, slug]
            counts["recorded"] += 1
            counts["seconded_out"] += bool(hosts)
            for host in hosts:
                if host in self.units:
                    own[host, slug]["seconded_in"] += 1
            if person.requires(system, self, self.today):
                for name, value in person.chain(system, self.today, length).items():
                    counts[name] += value

    def add_headcount(self, own, unit, by_category):
        declared, recorded = unit.headcount(self.today), sum(by_category.values())
        children = any(u.parent == unit.id for u in self.units.values())
        for slug, system in self.systems.items():
            counts = own[unit.id, slug]
            if not declared:
                counts["undeclared_units"] += bool(recorded or (unit.active(self.today) and not children))
                counts["undeclared_recorded"] += recorded
                continue
            counts["declared_units"] += 1
            counts["headcount"] += declared["total"]
            lines = system.lines(unit, self)
            if lines:
                missing, over = gap(declared, by_category, recorded, counts["eligible"], lines)
                counts["unrecorded"] += missing
                counts["over_recorded"] += over

    def sum_below(self, own, unit, slug):
        total = dict(own[unit, slug])
        for child in self.units.values():
            if child.parent == unit:
                for name, value in self.sum_below(own, child.id, slug).items():
                    total[name] += value
        return total


COUNTS = ("headcount", "declared_units", "undeclared_units", "undeclared_recorded", "recorded", "unrecorded", "over_recorded", "eligible", "issued",
          "locked", "on_long_leave", "activated", "used", "regular", "too_new", "never_used", "unknown", "on_leave_unused", "seconded_in", "seconded_out")


def gap(declared, by_category, recorded, eligible, lines):
    wanted = set().union(*(line.get("categories") or CATEGORIES for line in lines))
    if wanted == set(CATEGORIES) or "by_category" not in declared:
        pairs = [(declared["total"], recorded)] if recorded == 0 or eligible > 0 else []
    else:
        named = declared["by_category"]
        pairs = [(named[c], by_category[c]) for c in wanted if c in named]
        rest = [c for c in CATEGORIES if c not in named]
        if wanted & set(rest):
            pairs.append((max(0, declared["total"] - sum(named.values())), sum(by_category[c] for c in rest)))
    return sum(max(0, d - r) for d, r in pairs), sum(max(0, r - d) for d, r in pairs)


def ratio(a, b):
    """4 decimals half up; 1 only when equal, 0 only when nothing."""
    if b <= 0:
        return None
    rounded = (2 * a * 10000 + b) // (2 * b)
    if rounded >= 10000 and a < b:
        rounded = 9999
    if rounded == 0 and a > 0:
        rounded = 1
    return rounded / 10000


def expected_row(c, system, length, today, declared=True):
    """The figures of a row as the contract wants them, from counts."""
    stale, regular = system.stale(today), not system.stale(today) and system.knows_regular(length)
    activation = system.kind != "manual" or system.rule["reported"]
    base = c["eligible"] + (c["unrecorded"] if declared else 0)
    use = base - c["on_leave_unused"]
    row = {k: c[k] for k in ("recorded", "unrecorded", "over_recorded", "eligible", "issued", "locked", "on_long_leave", "unknown", "seconded_in", "seconded_out")}
    row |= {"headcount": c["headcount"] if c["declared_units"] else None, "coverage": ratio(c["issued"], base),
            "undeclared": {"units": c["undeclared_units"], "recorded": c["undeclared_recorded"]},
            "missing": {"people": c["eligible"] - c["issued"], "unrecorded": c["unrecorded"]}}
    row |= {k: None if stale else c[k] for k in ("used", "never_used", "on_leave_unused")}
    row |= {k: c[k] if regular else None for k in ("regular", "too_new")}
    row |= {"activated": c["activated"] if activation else None, "activation": ratio(c["activated"], c["issued"]) if activation else None}
    row |= {"adoption": None if stale else ratio(c["used"], use), "adoption_of_issued": None if stale else ratio(c["used"], c["issued"]),
            "regular_ratio": ratio(c["regular"], use) if regular else None}
    return row
