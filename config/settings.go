package config

import (
	"strconv"
	"strings"
)

// Setting is one row of the table of settings.
type Setting struct {
	Key     string // in the YAML file; VREP_ and upper case in the environment
	Default string
	Secret  bool
	Doc     string // one line, for config.example.yaml
	Section string // heading in config.example.yaml, set on the first row of a section

	check func(string) string // "" = fine, else what is allowed
	set   func(*Config, string)
}

// Settings is the table: every setting of vrep, in the order of config.example.yaml.
func Settings() []Setting {
	var all []Setting
	for _, part := range [][]Setting{serviceSettings(), engineSettings(), wechatSettings(), allowanceSettings(), wecomSettings(), accountSettings()} {
		all = append(all, part...)
	}
	return all
}

func serviceSettings() []Setting {
	return []Setting{
		{
			Key: "listen", Default: "127.0.0.1:8080", Section: "Service",
			Doc:   "address of the webhook, the console and the rep pages",
			check: hostPort, set: func(c *Config, v string) { c.Listen = v },
		},
		{
			Key: "metrics_listen", Doc: "second, loopback address for /metrics and profiling; empty: /metrics is served on the main address",
			check: optional(loopbackHostPort), set: func(c *Config, v string) { c.MetricsListen = v },
		},
		{
			Key: "public_url", Doc: "address under which doctors and reps reach this service, https://…; needed for rep pages",
			check: optional(webAddress), set: func(c *Config, v string) { c.PublicURL = v },
		},
		{
			Key: "time_zone", Default: "Asia/Shanghai", Doc: "time zone of quiet hours and dates",
			check: timeZone, set: func(c *Config, v string) { c.TimeZone = v },
		},
		{
			Key: "secret_key", Secret: true,
			Doc:   "at least 32 characters; signs links and sessions. Empty with the embedded database: drawn once and kept in the data folder",
			check: optional(atLeast32), set: func(c *Config, v string) { c.SecretKey = Secret(v) },
		},
		{
			Key: "reverify_days", Default: "365", Doc: "days for which the verification of a doctor's identity holds; then product content closes until it is done again",
			check: dayCount, set: func(c *Config, v string) { c.ReverifyDays, _ = strconv.Atoi(v) },
		},
		{
			Key: "flows_dir", Doc: "folder of flows; empty: the flows that are shipped in the binary",
			check: optional(folder), set: func(c *Config, v string) { c.FlowsDir = v },
		},
	}
}

func engineSettings() []Setting {
	return []Setting{
		{
			Key: "data_dir", Default: "data", Section: "Databases", Doc: "folder of the embedded database and the drawn secret key",
			check: always, set: func(c *Config, v string) { c.DataDir = v },
		},
		{
			Key: "mysql_dsn", Secret: true,
			Doc:   "user:pass@tcp(host:3306)/db of MySQL 8 or MariaDB 10.6+; vrep adds the rest. Empty: embedded SQLite in data_dir",
			check: optional(mysqlDSN), set: func(c *Config, v string) { c.MySQLDSN = Secret(v) },
		},
		{
			Key: "redis_addr", Doc: "host:port of Redis 7, several for Cluster, comma separated; also unix:PATH or rediss://…. Empty: embedded, for one instance only",
			check: optional(redisAddress), set: func(c *Config, v string) { c.RedisAddr = v },
		},
		{
			Key: "redis_password", Secret: true, Doc: "password of Redis",
			check: always, set: func(c *Config, v string) { c.RedisPassword = Secret(v) },
		},
	}
}

func wechatSettings() []Setting {
	return []Setting{
		{
			Key: "wechat_app_id", Section: "WeChat official account (safe mode only)", Doc: "AppID, wx…",
			check: optional(appID), set: func(c *Config, v string) { c.WeChat.AppID = v },
		},
		{
			Key: "wechat_app_secret", Secret: true, Doc: "AppSecret",
			check: always, set: func(c *Config, v string) { c.WeChat.AppSecret = Secret(v) },
		},
		{
			Key: "wechat_token", Secret: true, Doc: "Token of the server configuration, 3 to 32 letters and digits",
			check: optional(callbackToken), set: func(c *Config, v string) { c.WeChat.Token = Secret(v) },
		},
		{
			Key: "wechat_aes_key", Secret: true, Doc: "EncodingAESKey of the server configuration, 43 characters",
			check: optional(aesKey), set: func(c *Config, v string) { c.WeChat.AESKey = Secret(v) },
		},
		{
			Key: "wechat_api_base", Default: "https://api.weixin.qq.com", Doc: "base of the platform's API",
			check: webAddress, set: func(c *Config, v string) { c.WeChat.APIBase = v },
		},
		{
			Key: "wechat_open_base", Default: "https://open.weixin.qq.com", Doc: "base of the platform's sign-in pages",
			check: webAddress, set: func(c *Config, v string) { c.WeChat.OpenBase = v },
		},
		{
			Key: "wechat_mp_base", Default: "https://mp.weixin.qq.com", Doc: "base of the platform's pictures",
			check: webAddress, set: func(c *Config, v string) { c.WeChat.MPBase = v },
		},
		{
			Key: "wechat_push_template", Doc: "template of one-time notices (subscription) that announce content; empty: none are sent",
			check: optional(templateID), set: func(c *Config, v string) { c.WeChat.PushTemplate = v },
		},
		{
			Key: "wechat_push_fields", Default: "thing1=title,thing2=summary,time3=time",
			Doc:   "what fills its fields, field=value: title, summary, time, company, bot or hotline",
			check: templateFields, set: func(c *Config, v string) { c.WeChat.PushFields = v },
		},
		{
			Key: "wechat_notice_template", Doc: "template of service notices (template messages); empty: none are sent",
			check: optional(templateID), set: func(c *Config, v string) { c.WeChat.NoticeTemplate = v },
		},
		{
			Key: "wechat_notice_fields", Default: "thing1=title,thing2=summary,time3=time", Doc: "what fills its fields, as above",
			check: templateFields, set: func(c *Config, v string) { c.WeChat.NoticeFields = v },
		},
		{
			Key: "wechat_daily_limits", Default: "custom=500000,template=100000,token=500000,qrcode=100000,upload=100000,menu=1000,followers=500",
			Doc:   "calls that the platform takes a day, as the account's page in the backend shows them",
			check: dailyLimits, set: func(c *Config, v string) { c.WeChat.DailyLimits = v },
		},
		{
			Key: "wechat_daily_reserve", Default: "20", Doc: "percent of each that stays for conversations: pushes and reminders stop before",
			check: percent, set: func(c *Config, v string) { c.WeChat.DailyReserve, _ = strconv.Atoi(v) },
		},
		{
			Key: "wechat_menu", Default: "off", Doc: "on: the account's menu is kept as the flows have it (menu in _config.yaml), replacing what it was",
			check: onOff, set: func(c *Config, v string) { c.WeChat.Menu = v == "on" },
		},
		{
			Key: "wechat_choice_links", Default: "off", Doc: "on: doctors can press the options of a question; works everywhere we know of, but the platform does not document it",
			check: onOff, set: func(c *Config, v string) { c.WeChat.ChoiceLinks = v == "on" },
		},
		{
			Key: "wechat_choice_menus", Default: "off", Doc: "on: reminders bring their question as a menu message; for certified service accounts",
			check: onOff, set: func(c *Config, v string) { c.WeChat.ChoiceMenus = v == "on" },
		},
		{
			Key: "wechat_mini_app_id", Doc: "AppID of the mini-program that is bound to the account, for contents with mini; empty: they go out as links",
			check: optional(appID), set: func(c *Config, v string) { c.WeChat.MiniAppID = v },
		},
	}
}

func wecomSettings() []Setting {
	return []Setting{
		{
			Key: "wecom_corp_id", Section: "WeCom application for reps", Doc: "corp id",
			check: always, set: func(c *Config, v string) { c.WeCom.CorpID = v },
		},
		{
			Key: "wecom_agent_id", Doc: "agent id of the application, a whole number",
			check: optional(wholeNumber), set: func(c *Config, v string) { c.WeCom.AgentID = v },
		},
		{
			Key: "wecom_secret", Secret: true, Doc: "secret of the application",
			check: always, set: func(c *Config, v string) { c.WeCom.Secret = Secret(v) },
		},
		{
			Key: "wecom_token", Secret: true, Doc: "Token of the application's callback",
			check: optional(callbackToken), set: func(c *Config, v string) { c.WeCom.Token = Secret(v) },
		},
		{
			Key: "wecom_aes_key", Secret: true, Doc: "EncodingAESKey of the application's callback, 43 characters",
			check: optional(aesKey), set: func(c *Config, v string) { c.WeCom.AESKey = Secret(v) },
		},
		{
			Key: "wecom_api_base", Default: "https://qyapi.weixin.qq.com", Doc: "base of WeCom's API",
			check: webAddress, set: func(c *Config, v string) { c.WeCom.APIBase = v },
		},
		{
			Key: "wecom_robot_url", Secret: true, Doc: "webhook of a group robot that hears of leads as well; without the application above it is the only way to the reps",
			check: optional(webAddress), set: func(c *Config, v string) { c.WeCom.RobotURL = Secret(v) },
		},
		{
			Key: "safety_duty", Doc: "WeCom user ids of the safety desk on duty, comma separated: paged at once when a death is reported, and when a case waits too long",
			check: always, set: func(c *Config, v string) {
				c.WeCom.Duty = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
			},
		},
	}
}

func accountSettings() []Setting {
	return []Setting{
		{
			Key: "company", Section: "What the scripts print", Doc: "name of the company",
			check: always, set: func(c *Config, v string) { c.Account.Company = v },
		},
		{
			Key: "bot_name", Doc: "name of the virtual representative",
			check: always, set: func(c *Config, v string) { c.Account.Bot = v },
		},
		{
			Key: "filing_no", Doc: "number of the drug information service filing, shown in the first message",
			check: always, set: func(c *Config, v string) { c.Account.FilingNo = v },
		},
		{
			Key: "hotline", Doc: "human service hotline",
			check: always, set: func(c *Config, v string) { c.Account.Hotline = v },
		},
		{
			Key: "pv_hotline", Doc: "24-hour drug safety hotline",
			check: always, set: func(c *Config, v string) { c.Account.PVHotline = v },
		},
		{
			Key: "privacy_url", Doc: "address of the privacy notice",
			check: optional(webAddress), set: func(c *Config, v string) { c.Account.PrivacyURL = v },
		},
	}
}
