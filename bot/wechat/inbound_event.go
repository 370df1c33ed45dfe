package wechat

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/bot"
)

// event reads what the platform reports. Names of events are told apart without regard to case: they come in all.
// Sources: the platform's pages on event pushes, custom menus, template, subscription and mass messages, publishing.
func event(in *bot.Inbound, f fields) {
	in.Event, in.EventKey = cut(f.text("Event"), maxKey), f.text("EventKey")
	switch strings.ToLower(in.Event) {
	case "location":
		in.Place = place(f.text("Latitude"), f.text("Longitude"))
	case "location_select":
		where := f.inside("SendLocationInfo")
		in.Place, in.Detail = place(where.text("Location_X"), where.text("Location_Y")), where.text("Label")
	case "scancode_push", "scancode_waitmsg":
		in.Detail = f.inside("ScanCodeInfo").text("ScanResult")
	case "kf_create_session", "kf_close_session":
		in.Detail = f.text("KfAccount")
	case "kf_switch_session":
		in.Detail = join(f.text("FromKfAccount"), f.text("ToKfAccount"))
	case "templatesendjobfinish", "masssendjobfinish":
		in.Report = &bot.Report{MsgID: reported(f), Status: f.text("Status"), Sent: people(f.text("SentCount")), Failed: people(f.text("ErrorCount"))}
	case "publishjobfinish":
		job := f.inside("PublishEventInfo")
		in.Report = &bot.Report{MsgID: job.text("publish_id"), Status: job.text("publish_status")}
	case "subscribe_msg_popup_event":
		in.Permits = permits(f.list("SubscribeMsgPopupEvent"))
	case "subscribe_msg_change_event": // tells of consent taken back; what else it may tell allows no further message
		in.Permits = slices.DeleteFunc(permits(f.list("SubscribeMsgChangeEvent")), func(p bot.Permit) bool { return p.Accepted })
	case "subscribe_msg_sent_event":
		in.Report = delivered(f.list("SubscribeMsgSentEvent"))
	}
}

// permits reads what was answered about each template.
func permits(list []fields) []bot.Permit {
	var out []bot.Permit
	for _, one := range list {
		if template := cut(one.text("TemplateId"), maxKey); template != "" {
			out = append(out, bot.Permit{Template: template, Accepted: one.text("SubscribeStatusString") == "accept"})
		}
	}
	return out
}

// delivered reads the report on a subscription message. Should several stand in one push, one that failed speaks for them.
func delivered(list []fields) *bot.Report {
	if len(list) == 0 {
		return nil
	}
	at := max(slices.IndexFunc(list, func(one fields) bool { return people(one.text("ErrorCode")) != 0 }), 0)
	return &bot.Report{MsgID: reported(list[at]), Status: list[at].text("ErrorStatus")}
}

// reported is the id of the send that a report is about; the platform spells its name in two ways.
func reported(f fields) string {
	id := f.text("MsgID")
	if id == "" {
		id = f.text("MsgId")
	}
	return cut(id, maxKey)
}

// people reads a number of doctors; an odd one is none.
func people(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
