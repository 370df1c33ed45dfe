package sim

import "net/http"

const (
	get  = http.MethodGet
	post = http.MethodPost
)

type serve = func(*Platform, *http.Request) (map[string]any, *apiError)

// says answers with an errcode in every case; tells leaves it out on success,
// as the platform does where the answer has fields of its own.
func says(method string, needs grant, f serve) apiCall {
	return apiCall{method: method, needs: needs, serve: f}
}

func tells(method string, needs grant, f serve) apiCall {
	return apiCall{method: method, needs: needs, plain: true, serve: f}
}

// opens needs no access_token.
func opens(method string, f serve) apiCall {
	return apiCall{method: method, open: true, plain: true, serve: f}
}

// wechatCalls is what api.weixin.qq.com answers. Who may call what follows the
// platform's table of permissions.
func wechatCalls() map[string]apiCall {
	return map[string]apiCall{
		"/cgi-bin/token":                 opens(get, (*Platform).giveToken),
		"/cgi-bin/stable_token":          opens(post, (*Platform).giveStableToken),
		"/cgi-bin/getcallbackip":         tells(get, grantAny, (*Platform).callbackIP),
		"/cgi-bin/get_api_domain_ip":     tells(get, grantAny, (*Platform).callbackIP),
		"/cgi-bin/clear_quota":           says(post, grantAny, (*Platform).clearQuota),
		"/cgi-bin/openapi/quota/get":     says(post, grantAny, (*Platform).quotaGet),
		"/cgi-bin/ticket/getticket":      says(get, grantVerified, (*Platform).jsTicket),
		"/cgi-bin/qrcode/create":         tells(post, grantService, (*Platform).qrCreate),
		"/sns/oauth2/access_token":       opens(get, (*Platform).webToken),
		"/sns/oauth2/refresh_token":      opens(get, (*Platform).webRefresh),
		"/sns/userinfo":                  opens(get, (*Platform).webUser),
		"/sns/auth":                      {method: get, open: true, serve: (*Platform).webCheck},
		"/cgi-bin/message/custom/send":   says(post, grantVerified, (*Platform).customSend),
		"/cgi-bin/message/custom/typing": says(post, grantVerified, (*Platform).customTyping),

		"/cgi-bin/message/template/send":             says(post, grantService, (*Platform).templateSend),
		"/cgi-bin/template/get_all_private_template": tells(get, grantService, (*Platform).templateList),
		"/cgi-bin/message/subscribe/bizsend":         says(post, grantVerified, (*Platform).subscribeSend),
		"/wxaapi/newtmpl/gettemplate":                says(get, grantVerified, (*Platform).subscribeList),
		"/cgi-bin/message/mass/send":                 says(post, grantVerified, (*Platform).massSend),
		"/cgi-bin/message/mass/sendall":              says(post, grantVerified, (*Platform).massSendAll),
		"/cgi-bin/message/mass/preview":              says(post, grantVerified, (*Platform).massPreview),
		"/cgi-bin/message/mass/get":                  tells(post, grantVerified, (*Platform).massGet),
		"/cgi-bin/draft/add":                         tells(post, grantVerified, (*Platform).draftAdd),
		"/cgi-bin/media/uploadnews":                  tells(post, grantVerified, (*Platform).draftAdd),
		"/cgi-bin/freepublish/submit":                says(post, grantVerified, (*Platform).publish),
		"/cgi-bin/media/upload":                      tells(post, grantAny, (*Platform).mediaUpload),
		"/cgi-bin/media/get":                         {method: get, raw: (*Platform).mediaGet},
		"/cgi-bin/media/uploadimg":                   tells(post, grantVerified, (*Platform).pictureUpload),
		"/cgi-bin/material/add_material":             tells(post, grantVerified, (*Platform).materialAdd),
		"/cgi-bin/material/get_material":             {method: post, needs: grantVerified, raw: (*Platform).materialGet},
		"/cgi-bin/material/del_material":             says(post, grantVerified, (*Platform).materialDelete),

		"/cgi-bin/user/info":                   tells(get, grantVerified, (*Platform).userInfo),
		"/cgi-bin/user/info/batchget":          tells(post, grantVerified, (*Platform).userBatch),
		"/cgi-bin/user/info/updateremark":      says(post, grantVerified, (*Platform).userRemark),
		"/cgi-bin/user/get":                    tells(get, grantVerified, (*Platform).userList),
		"/cgi-bin/user/tag/get":                tells(post, grantVerified, (*Platform).tagUsers),
		"/cgi-bin/tags/create":                 tells(post, grantVerified, (*Platform).tagCreate),
		"/cgi-bin/tags/get":                    tells(get, grantVerified, (*Platform).tagList),
		"/cgi-bin/tags/update":                 says(post, grantVerified, (*Platform).tagUpdate),
		"/cgi-bin/tags/delete":                 says(post, grantVerified, (*Platform).tagDelete),
		"/cgi-bin/tags/getidlist":              tells(post, grantVerified, (*Platform).tagsOf),
		"/cgi-bin/tags/members/batchtagging":   says(post, grantVerified, (*Platform).tagPeople),
		"/cgi-bin/tags/members/batchuntagging": says(post, grantVerified, (*Platform).untagPeople),

		"/cgi-bin/menu/create":         says(post, grantAny, (*Platform).menuCreate),
		"/cgi-bin/menu/get":            tells(get, grantAny, (*Platform).menuGet),
		"/cgi-bin/menu/delete":         says(get, grantAny, (*Platform).menuDelete),
		"/cgi-bin/menu/addconditional": tells(post, grantVerified, (*Platform).menuAdd),
		"/cgi-bin/menu/delconditional": says(post, grantVerified, (*Platform).menuDrop),
		"/cgi-bin/menu/trymatch":       tells(post, grantVerified, (*Platform).menuTry),
	}
}

// wecomCalls is what qyapi.weixin.qq.com answers.
func wecomCalls() map[string]apiCall {
	return map[string]apiCall{
		"/cgi-bin/gettoken":                     {method: get, open: true, serve: (*Platform).corpToken},
		"/cgi-bin/message/send":                 says(post, grantAny, (*Platform).corpSend),
		"/cgi-bin/message/update_template_card": says(post, grantAny, (*Platform).corpUpdateCard),
		"/cgi-bin/agent/get":                    says(get, grantAny, (*Platform).corpAgent),
		"/cgi-bin/user/get":                     says(get, grantAny, (*Platform).corpUser),
		"/cgi-bin/getcallbackip":                says(get, grantAny, (*Platform).callbackIP),
		"/cgi-bin/media/upload":                 says(post, grantAny, (*Platform).corpUpload),
		"/cgi-bin/webhook/send":                 {method: post, open: true, serve: (*Platform).robotSend},
	}
}
