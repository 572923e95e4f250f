"""Every figure of coverage and use once more, slowly and from nothing but what `ldapsearch` prints. Shares no code with the service:
each person is judged by himself, each unit by walking its subtree, each window day by day."""
import datetime
import json
import pathlib
import unicodedata

from congvu import SITE

DAY = datetime.timedelta(1)
KEPT_DAYS = 400  # of use
PAIR_COUNTS = ("unrecorded", "eligible", "issued", "issued_beyond", "locked", "on_long_leave", "activated", "used", "regular", "too_new", "never_used",
               "unknown", "on_leave_unused")
CATEGORIES = ("can_bo", "cong_chuc", "vien_chuc", "nld_hop_dong", "luc_luong_vu_trang", "nguoi_hoat_dong_khong_chuyen_trach")
ISSUED = {"provisioned", "active", "temp_locked", "migrating"}
HOLIDAYS = json.loads((pathlib.Path(__file__).parents[2] / "deploy/policies/holidays-vn.json").read_text("utf-8"))["years"]
OFF = {d["on"] for y in HOLIDAYS for d in y["off"]}
MANUAL = "certificate"  # observations say themselves since when
SWAPPED = {d["on"] for y in HOLIDAYS for d in y.get("work", [])}


def works(date):
    return date.isoformat() in SWAPPED or date.weekday() < 5 and date.isoformat() not in OFF


def day(text):
    return datetime.date.fromisoformat(text) if text else None


def one(entry, name):
    return entry.get(name, [None])[0]


def tagged(entry, name):
    return {key.split(";x-")[1]: values for key, values in entry.items() if key.startswith(name + ";x-")}


def in_row(entry, now, day_of):
    """The values in force on a day: a former row holds before its day `to`."""
    rows = sorted((json.loads(p) for p in entry.get("cvPast", [])), key=lambda p: p["to"])
    return next((p for p in rows if day_of < day(p["to"])), now)


def stretches(values):
    """(first day or None, first day out, how) of "FROM TO how"."""
    rows = [[*v.split(), None] for v in values]
    return [(None if row[0] == "-" else day(row[0]), day(row[1]), row[2]) for row in rows]


def during(spans, on):
    return [s for s in spans if (s[0] is None or s[0] <= on) and on < s[1]]


def fold(text):
    apart = unicodedata.normalize("NFD", (text or "").replace("đ", "d").replace("Đ", "D")).lower()
    return " ".join("".join(c if c.isalnum() else " " for c in apart if not unicodedata.combining(c)).split())


class Unit:
    """As it was on `on`."""

    def __init__(self, entry, on):
        parent, self.id = one(entry, "cvParent"), one(entry, "cvId")
        now = {"code": one(entry, "cvUnitCode"), "kind": one(entry, "cvKind"), "block": one(entry, "cvBlock"),
               "parent": parent.split(",")[0].split("=")[1] if parent else None}
        then = in_row(entry, now, on)
        self.code, self.now_code, self.kind, self.block, self.parent = then["code"], now["code"], then["kind"], then.get("block"), then.get("parent")
        self.begins, self.ends = day(one(entry, "cvActiveFrom")), day(one(entry, "cvActiveTo"))
        self.headcounts = [json.loads(h) for h in entry.get("cvHeadcount", [])]
        self.children, self.people, self.guests, self.stays = [], [], [], []

    def active(self, today):
        return (self.begins is None or self.begins <= today) and (self.ends is None or today < self.ends)

    def gone(self, first, last):
        """There on none of these days: without a row when nothing is left of it."""
        return self.ends is not None and self.ends <= first or self.begins is not None and self.begins > last

    def declared(self, today):
        past = [h for h in self.headcounts if self.active(today) and day(h["on"]) <= today]
        return max(past, key=lambda h: h["on"]) if past else None

    def headcount(self, today, only=None):
        """The declared one, carried on: who came after its day is one more, who left since is one less. `only`: of these categories, if each was declared."""
        said = self.declared(today)
        if said is not None and only is not None:
            by = said.get("by_category") or {}
            said = {"on": said["on"], "total": sum(by[c] for c in only), "by_category": {c: by[c] for c in only}} if only <= set(by) else None
        if said is None:
            return None
        moved = dict.fromkeys(CATEGORIES, 0)
        for person, came, went in self.stays:
            def there(when):
                return (came is None or came <= when) and (went is None or when < went)
            moved[person.category_on(day(said["on"]))] -= there(day(said["on"]))
            moved[person.category_on(today)] += there(today)
        if only is not None:
            moved = {c: n for c, n in moved.items() if c in only}
        now = dict(said, total=said["total"] + sum(moved.values()))
        if said.get("by_category"):
            now["by_category"] = {c: max(0, n + moved[c]) for c, n in said["by_category"].items()}
        now["total"] = max(now["total"], 0, sum(now.get("by_category", {}).values()))
        return now


class System:
    """With the rules of `on`; its source is judged when that day is over, or today."""

    def __init__(self, entry, feeds, on, today):
        self.slug, self.kind = one(entry, "cn"), one(entry, "cvKind")
        rule = one(entry, "cvActivity")
        self.rule = json.loads(rule) if rule else {"reported": False, "precision": "by_day", "regular_days": 4, "regular_of": 30, "stale_after": 3}
        then = in_row(entry, {**self.rule, "required": [json.loads(line) for line in entry.get("cvRequired", [])]}, on)
        self.required = then["required"]
        rows = [self.rule, *(p for p in map(json.loads, entry.get("cvPast", [])) if on < day(p["to"]))]
        reported = any(r["reported"] for r in rows)  # turned off, from that day on; turned on, the source tells of days before too
        self.rule = {**self.rule, **{n: then[n] for n in ("precision", "regular_days", "regular_of", "stale_after")}, "reported": reported}
        self.kept_from = today - DAY * (KEPT_DAYS - 1)
        feed = feeds.get(self.slug, {})
        self.begin, self.through, self.used = day(one(feed, "cvDataFrom")), day(one(feed, "cvDataThrough")), set()
        ended = min(on + DAY, today)
        self.stale = not self.rule["reported"] or self.through is None or (ended - DAY - self.through).days > self.rule["stale_after"]
        self.known = min(self.through, on) if self.through else None

    def silent(self):
        """Two whole working days or more since anybody used it, all of them reported, after weeks in which hardly one went by unused."""
        last = max((d for d in self.used if d <= self.known), default=None)
        if last is None or self.rule["precision"] != "by_day" or (self.known - last).days >= 60:
            return False
        since = [last + DAY * n for n in range(1, (self.known - last).days + 1)]
        before = [d for d in (last - DAY * n for n in range(60)) if works(d) and (self.begin is None or d >= self.begin)][:10]
        return sum(map(works, since)) >= 2 and len(before) >= 3 and sum(d in self.used for d in before) * 5 >= len(before) * 4

    def unknown(self, first):
        """Is nothing to be said of use in a window from this day on?"""
        return self.stale or first < self.kept_from or self.through < first or (self.begin is not None and self.begin > first) or self.silent()

    def lines_for(self, unit_block, unit_kind):
        return [line for line in self.required if (not line.get("blocks") or unit_block in line["blocks"])
                and (not line.get("unit_kinds") or unit_kind in line["unit_kinds"])]

    def requires(self, block, kind, category, title):
        return any((not line.get("categories") or category in line["categories"])
                   and (not line.get("positions") or fold(title) in line["positions"]) for line in self.lines_for(block, kind))

    def categories_at(self, block, kind):
        """None: all of them."""
        lines = self.lines_for(block, kind)
        if any(not line.get("categories") for line in lines):
            return None
        found = {c for line in lines for c in line["categories"]}
        return None if found == set(CATEGORIES) else found

    def share(self, span):
        return max(1, -(-self.rule["regular_days"] * span // self.rule["regular_of"]))

    def days_wanted(self, length):
        """A rule of about a month asks for the same days in every month of a window that can be whole months."""
        months = round(length / 30.4)
        if 28 <= self.rule["regular_of"] <= 31 and 28 * months <= length <= 31 * months:
            return months * self.rule["regular_days"]
        return self.share(length)


class Person:
    """As he was on `on`."""

    def __init__(self, entry, used, on, today, noted=None):
        """`noted`: his entry as it lay in the directory at the end of that day; it says what he had without what was kept of it since."""
        self.entry, self.id, self.over, self.noted = entry, one(entry, "cvId"), on < today, noted
        self.category = self.category_on(on)
        self.hired = day(one(entry, "cvHiredOn"))
        self.posts = [json.loads(p) for p in entry.get("cvPost", [])]
        primary = sorted((p for p in self.posts if p.get("primary")), key=lambda p: p.get("from") or "")
        covering = [p for p in primary if self.in_force(p, on)]
        ended = [p for p in primary if p.get("to") and day(p["to"]) <= on]
        self.home_post = (covering or ended[-1:] or primary)[0]
        self.home = self.home_post["unit"]
        self.leaves = [json.loads(leave) for leave in entry.get("cvLeave", [])]
        self.departures = [json.loads(d) for d in entry.get("cvDeparture", [])]
        set_on = day(one(entry, "cvCredentialSetOn"))
        self.credential = one(entry, "cvCredentialSet") == "TRUE" and (set_on is None or set_on <= on) or bool(during(stretches(entry.get("cvCredentialSpan", [])), on))
        if noted is not None:
            self.credential = one(noted, "cvCredentialSet") == "TRUE"
        self.state = {s: v[0] for s, v in tagged(entry, "cvAccountState").items()}
        self.reason = {s: v[0] for s, v in tagged(entry, "cvAccountReason").items()}
        self.state_since = {s: datetime.datetime.strptime(v[0], "%Y%m%d%H%M%SZ").replace(tzinfo=datetime.timezone.utc).astimezone(SITE).date()
                            for s, v in tagged(entry, "cvAccountSince").items()}
        self.issue = {**self.state_since, **{s: day(v[0]) for s, v in tagged(entry, "cvAccountIssuedOn").items()}}
        self.spans = {s: stretches(v) for s, v in tagged(entry, "cvAccountSpan").items()}
        self.days, self.long_ago = used
        self.holds = {s: held for s in {*self.state, *self.spans} if (held := self.held(s, on))}

    def category_on(self, when):
        return in_row(self.entry, {"category": one(self.entry, "cvCategory")}, when)["category"]

    def held(self, system, on):
        """None, or (day of issue or None, locked?) of the account as it was at the end of that day."""
        now, issue = self.state.get(system) in ISSUED, self.issue.get(system)
        if not self.over:
            return (issue, self.state[system] == "temp_locked") if now else None
        locked = self.how(system, on) in ("locked", "inactivity")
        spans = self.spans.get(system, ())
        if now and (issue is None or issue <= on):
            return issue, locked
        for start, end, _ in spans:
            if (start is None or start <= on) and on < end:
                while start is not None and (before := next((s for s in spans if s[1] == start and s[0] != start), None)):
                    start = before[0]
                return start, locked
        if any(end <= on for _, end, _ in spans):  # what came before it had ended tells nothing of the days since
            return None
        first = min(self.days.get(system, ()), default=None)  # nobody uses what he does not have
        return (issue, locked) if now and (self.long_ago.get(system) or first is not None and first <= on) else None

    def how(self, system, on):
        """issued, active, locked or inactivity (locked for it): what an account that was there at the end of that day was."""
        state, reason, since = self.state.get(system), self.reason.get(system), self.state_since.get(system)
        then = during(self.spans.get(system, ()), on) if self.over else []
        if self.noted is not None and system != MANUAL:
            state, reason = (one(self.noted, f"{name};x-{system}") for name in ("cvAccountState", "cvAccountReason"))
        elif then:
            return then[0][2]
        elif self.over and since is not None and since > on:
            return "issued"
        if state not in ("active", "temp_locked"):
            return "issued"
        return "active" if state == "active" else "inactivity" if reason == "inactivity" else "locked"

    def day_out(self):
        current = [d for d in self.departures if d["state"] != "withdrawn" and "ended_at" not in d]
        latest = max(current, key=lambda d: d["number"]) if current else None
        return day(latest.get("effective_on")) if latest and latest["state"] != "held" else None

    def recorded(self, today):
        out = self.day_out()
        return self.in_force(self.home_post, today) and (self.hired is None or self.hired <= today) and (out is None or today < out)

    def stays(self):
        """(unit, first day or None, first day out or None) of every time he belonged somewhere. Who has no day of hiring was
        there before anybody wrote him down."""
        out = self.day_out()
        primary = sorted((p for p in self.posts if p.get("primary")), key=lambda p: p.get("from") or "")
        for n, post in enumerate(primary):
            start = None if n == 0 and self.hired is None else max((d for d in (day(post.get("from")), self.hired) if d), default=None)
            ends = [d for d in (day(post.get("to")), out) if d]
            end = min(ends) if ends else None
            if end is None or start is None or start < end:
                yield post["unit"], start, end

    def current_posts(self, today):
        return [p for p in self.posts if p is self.home_post or self.in_force(p, today)]

    @staticmethod
    def in_force(post, today):
        start, end = day(post.get("from")), day(post.get("to"))
        return (start is None or start <= today) and (end is None or today < end)

    def away_for_long(self, today):
        for leave in self.leaves:
            start, end = day(leave.get("from")), day(leave.get("to"))
            covers = (start is None or start <= today) and (end is None or today <= end)
            if covers:
                return start is None or end is None or (end - start).days + 1 >= 30
        return False

    def issued(self, system):
        return system in self.holds

    def active(self, system, first, last):
        return sum(first <= d <= last for d in self.days.get(system, ()))

    def ever(self, system, today):
        return self.long_ago.get(system, False) or any(d <= today for d in self.days.get(system, ()))

    def never(self, system, today):
        """Said only of accounts that the source has watched from their first day."""
        issue = self.issue_day(system.slug, today)
        return not self.ever(system.slug, today) and (system.begin is None or issue is not None and issue >= system.begin)

    def issue_day(self, system, today):
        """None: before everything. Nobody uses what he does not have, so an active day before is the day of issue."""
        since, days = self.holds[system][0], self.days.get(system, ())
        if since is None or self.long_ago.get(system):
            return None
        return min(min(days, default=since), since, today)

    def regular(self, system, length, today):
        """By the rule of the system over a window that ends today, or from the day of issue when that is later."""
        if self.how(system.slug, today) == "inactivity" or system.rule["precision"] != "by_day":
            return False
        start, issue, wanted = today - DAY * (length - 1), self.issue_day(system.slug, today), system.days_wanted(length)
        if issue is not None and issue > start:
            start, wanted = issue, min(wanted, system.share((today - issue).days + 1))
        return self.active(system.slug, start, today) >= wanted

    def too_new(self, system, today):
        issue = self.issue_day(system.slug, today)
        return issue is not None and (today - issue).days < 14


def days_of(entry):
    days, long_ago = {}, {}
    for system, values in tagged(entry, "cvUseDays").items():
        for value in values:
            month, bits = value.split(":")
            first = datetime.date.fromisoformat(month + "-01")
            days.setdefault(system, set()).update(first + DAY * n for n in range(31) if int(bits, 16) >> n & 1)
    for system, values in tagged(entry, "cvUseSeen").items():
        last, earlier = values[0].split()
        days.setdefault(system, set()).add(day(last))
        long_ago[system] = int(earlier) > 0
    return days, long_ago


class District:
    """All figures of one day that is over, or of today. `main` and `usage` are entries as {attribute: [values]}."""

    def __init__(self, main, usage, today, now=None, noted=None):
        """`noted`: {id: entry} of people at the end of that day, where somebody looked."""
        self.today, self.now = today, now or today
        self.only = None  # categories that are asked for
        feeds = {one(e, "cn"): e for e in usage if "cvUsageFeedEntry" in e["objectClass"]}
        used = {one(e, "cvId"): days_of(e) for e in usage if "cvUsageEntry" in e["objectClass"]}
        self.used = used
        self.units = {u.id: u for u in (Unit(e, today) for e in main if "cvUnitEntry" in e["objectClass"])}
        self.systems = {s.slug: s for s in (System(e, feeds, today, self.now) for e in main if "cvSystemEntry" in e["objectClass"])}
        for days, _ in used.values():
            for slug in set(days) & set(self.systems):
                self.systems[slug].used |= days[slug]
        for unit in self.units.values():
            if unit.parent:
                self.units[unit.parent].children.append(unit)
        for entry in main:
            if "cvStaff" in entry["objectClass"]:
                id_ = one(entry, "cvId")
                self.place(Person(entry, used.get(id_, ({}, {})), today, self.now, noted.get(id_, {}) if noted is not None else None))

    def place(self, person):
        for unit, start, end in person.stays():
            self.units[unit].stays.append((person, start, end))
        if not person.recorded(self.today):
            return
        self.units[person.home].people.append(person)
        guests = {p["unit"] for p in person.current_posts(self.today) if p["kind"] == "biet_phai" and not p.get("primary")} - {person.home}
        person.seconded = bool(guests)
        for unit in guests:
            self.units[unit].guests.append(person)

    def block(self, unit):
        while unit.block is None and unit.parent:
            unit = self.units[unit.parent]
        return unit.block

    def eligible(self, person, system):
        posts = [(self.units[p["unit"]], p.get("title")) for p in person.current_posts(self.today)]
        return any(system.requires(self.block(u), u.kind, person.category, title) for u, title in posts)

    def counted(self, unit, system):
        """{id: issued?} of those whom the base of a unit and all below it counts."""
        below = {u.id for u in self.tree(unit)}
        return {p.id: p.issued(system.slug) for u in self.units.values() if u.id in below for p in u.people if self.eligible(p, system)}

    def unrecorded(self, unit, system):
        return sum(self.gap(u, system, sum(self.eligible(p, system) for p in u.people))[0] for u in self.tree(unit))

    def gap(self, unit, system, eligible):
        """unrecorded and over_recorded of the unit itself."""
        declared, people = unit.headcount(self.today, self.only), self.asked(unit.people)
        recorded = len(people)
        if declared is None or not system.lines_for(self.block(unit), unit.kind):
            return 0, 0
        wanted, by = system.categories_at(self.block(unit), unit.kind), declared.get("by_category")
        if self.only is not None:
            wanted = self.only & (wanted or self.only)
        if wanted is None or by is None:
            pairs = [(declared["total"], recorded)] if recorded == 0 or eligible else []
        else:
            have = {c: sum(p.category == c for p in people) for c in CATEGORIES}
            pairs = [(by[c], have[c]) for c in wanted if c in by]
            if any(c not in by for c in wanted):  # what is not declared by itself shares what the total leaves
                pairs.append((max(0, declared["total"] - sum(by.values())), sum(have[c] for c in CATEGORIES if c not in by)))
        return sum(max(0, d - r) for d, r in pairs), sum(max(0, r - d) for d, r in pairs)

    def asked(self, people):
        return people if self.only is None else [p for p in people if p.category in self.only]

    def said(self, unit):
        """What was declared, of what is asked for."""
        said = unit.declared(self.today)
        return said["total"] if self.only is None else sum(said["by_category"][c] for c in self.only)

    def own(self, unit, system, length):
        """Counts of the unit's own people for a system and a window of so many days that ends today."""
        first, slug = self.today - DAY * (length - 1), system.slug
        people = self.asked(unit.people)
        eligible = [p for p in people if self.eligible(p, system)]
        issued = [p for p in eligible if p.issued(slug)]
        beyond = [p for p in people if p not in eligible and p.issued(slug)]
        used = [p for p in issued if p.active(slug, first, self.today)]
        away = [p for p in eligible if p.away_for_long(self.today)]
        declared = unit.headcount(self.today, self.only)
        unrecorded, over = self.gap(unit, system, len(eligible))
        undeclared = declared is None and bool(people or unit.active(self.today) and not unit.children)
        activated = [p for p in issued if p.ever(slug, self.today) or
                     (p.credential if system.kind == "directory" else p.how(slug, self.today) == "active")]
        return {"headcount": declared["total"] if declared else 0, "carried": declared["total"] - self.said(unit) if declared else 0,
                "declared": declared is not None, "recorded": len(people),
                "unrecorded": unrecorded, "over_recorded": over, "undeclared_units": int(undeclared),
                "undeclared_recorded": len(people) if undeclared else 0, "seconded_in": len(self.asked(unit.guests)),
                "seconded_out": sum(p.seconded for p in people), "eligible": len(eligible), "issued": len(issued), "issued_beyond": len(beyond),
                "locked": sum(p.holds[slug][1] for p in issued), "on_long_leave": len(away), "activated": len(activated),
                "used": len(used), "regular": sum(p.regular(system, length, self.today) for p in used),
                "too_new": sum(p.too_new(system, self.today) for p in issued),
                "never_used": sum(p.never(system, self.today) for p in issued), "unknown": len(issued) if system.unknown(first) else 0,
                "on_leave_unused": sum(p not in used for p in away)}

    def tree(self, unit):
        yield unit
        for child in unit.children:
            yield from self.tree(child)

    def unknown(self, system, length):
        """What cannot be said of a system."""
        names = set()
        if system.unknown(self.today - DAY * (length - 1)):
            names |= {"used", "regular", "too_new", "never_used", "on_leave_unused"}
        if length < min(system.rule["regular_of"], 28 if 28 <= system.rule["regular_of"] <= 31 else 999) or system.rule["precision"] != "by_day":
            names |= {"regular", "too_new"}
        if system.kind == "manual" and not system.rule["reported"] or self.today < system.kept_from:
            names.add("activated")
        return names

    @staticmethod
    def with_ratios(row, counts, unknown):
        """What is unknown is null, ratios are as the contract says."""
        base = counts["eligible"] + counts["unrecorded"]
        ratios = {"coverage": ("issued", base), "activation": ("activated", counts["issued"]),
                  "adoption": ("used", base - counts["on_leave_unused"]), "adoption_of_issued": ("used", counts["issued"]), "adoption_undeducted": ("used", base),
                  "regular_ratio_undeducted": ("regular", base), "regular_ratio": ("regular", base - counts["on_leave_unused"])}
        row.update(dict.fromkeys(unknown))
        row.update((name, ratio(row[top], bottom)) for name, (top, bottom) in ratios.items())
        return row

    def row(self, counts, system, length):
        """A row of the answer out of summed counts."""
        row = dict(counts, headcount=counts["headcount"] if counts["declared"] else None, carried=counts["carried"] if counts["declared"] else None,
                   undeclared={"units": counts["undeclared_units"], "recorded": counts["undeclared_recorded"]},
                   missing={"people": counts["eligible"] - counts["issued"], "unrecorded": counts["unrecorded"]})
        for name in ("declared", "undeclared_units", "undeclared_recorded"):
            del row[name]
        if self.only is not None and not counts["declared"]:
            row["unrecorded"] = row["over_recorded"] = row["missing"]["unrecorded"] = None
        return self.with_ratios(row, counts, self.unknown(system, length))

    def complete(self, unit):
        required = {p.id: [s.slug for s in self.systems.values() if self.eligible(p, s)] for p in self.asked(unit.people)}
        return sum(bool(required[p.id]) and all(p.issued(s) for s in required[p.id]) for p in self.asked(unit.people))

    def pairs(self, length, only=None):
        """The same of pairs: a person and a system that he must have, of all systems together."""
        self.only, out = only, {}
        own = {s: {u.id: self.own(u, s, length) for u in self.units.values()} for s in self.systems.values()}
        complete = {u.id: self.complete(u) for u in self.units.values()}

        def row(units):
            totals = {s: {n: sum(own[s][u.id][n] for u in units) for n in PAIR_COUNTS} for s in self.systems.values()}
            counts, unknown = dict.fromkeys(PAIR_COUNTS, 0), set()
            for system, total in totals.items():
                nothing = self.unknown(system, length)
                unknown |= nothing if total["eligible"] else set()
                for name in PAIR_COUNTS:
                    counts[name] += 0 if name in nothing else total[name]
            new = {**counts, "complete": sum(complete[u.id] for u in units),
                   "missing": {"people": counts["eligible"] - counts["issued"], "unrecorded": counts["unrecorded"]}}
            if only is not None and not any(own[s][u.id]["declared"] for s in own for u in units):
                new["unrecorded"] = new["missing"]["unrecorded"] = None
            return self.with_ratios(new, counts, unknown)
        for unit in self.units.values():
            branch = list(self.tree(unit))
            nothing_left = not any(v for s in own for u in branch for v in own[s][u.id].values())
            if not (unit.gone(self.today - DAY * (length - 1), self.today) and nothing_left):
                out["own", unit.code, "required"] = row([unit])
                out["unit", unit.code, "required"] = row(branch)
        return out

    def rows(self, length, only=None):
        """{(row_kind, unit code, system): row} for the whole district, without knowing which rows are shown."""
        self.only, out = only, {}
        for system in self.systems.values():
            own = {u.id: self.own(u, system, length) for u in self.units.values()}
            for unit in self.units.values():
                total = {name: sum(own[u.id][name] for u in self.tree(unit)) for name in own[unit.id]}
                if unit.gone(self.today - DAY * (length - 1), self.today) and not any(total.values()):
                    continue
                out["own", unit.code, system.slug] = self.row(own[unit.id], system, length)
                out["unit", unit.code, system.slug] = self.row(total, system, length)
        return out


def ratio(top, bottom):
    """4 decimals half-up; null without a base; never 1 unless equal, never 0 unless nothing."""
    if top is None or bottom == 0:
        return None
    tenths = (top * 20000 + bottom) // (2 * bottom)
    if tenths == 10000 and top != bottom:
        tenths = 9999 if top < bottom else 10001
    if tenths == 0 and top:
        tenths = 1
    return tenths / 10000
