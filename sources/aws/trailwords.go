package aws

import (
	"strconv"
	"strings"

	"fntop/sources"
)

// changeKind is what an operation changes (Lambda API reference, "Actions").
func changeKind(operation string) sources.ChangeKind {
	switch operation {
	case "CreateFunction":
		return sources.ChangeCreated
	case "DeleteFunction":
		return sources.ChangeDeleted
	case "UpdateFunctionCode":
		return sources.ChangeCode
	case "UpdateFunctionConfiguration", "PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig",
		"DeleteFunctionEventInvokeConfig", "PutRuntimeManagementConfig", "PutFunctionRecursionConfig",
		"PutFunctionCodeSigningConfig", "DeleteFunctionCodeSigningConfig":
		return sources.ChangeConfiguration
	case "PublishVersion":
		return sources.ChangeVersion
	case "CreateAlias", "UpdateAlias":
		return sources.ChangeAlias
	case "PutFunctionConcurrency", "DeleteFunctionConcurrency", "PutProvisionedConcurrencyConfig",
		"DeleteProvisionedConcurrencyConfig", "PutFunctionScalingConfig":
		return sources.ChangeConcurrency
	case "AddPermission", "RemovePermission", "CreateEventSourceMapping", "UpdateEventSourceMapping",
		"DeleteEventSourceMapping", "CreateFunctionUrlConfig", "UpdateFunctionUrlConfig", "DeleteFunctionUrlConfig":
		return sources.ChangeTrigger
	}
	return sources.ChangeOther // DeleteAlias, tags, and what comes up one day
}

// describe fills in version, alias and what was set. Of the environment only
// that it was set is told: CloudTrail leaves its values out, and nothing here
// looks for them.
func (r *trailRecord) describe(c *sources.Change, qualifier string) {
	in, out := r.RequestParameters, r.ResponseElements
	if q := in.text("qualifier"); q != "" && q != latestVersion {
		qualifier = q
	}
	switch c.Operation {
	case "PublishVersion", "CreateFunction", "UpdateFunctionCode":
		if v := out.text("version"); v != latestVersion {
			c.Version = v
		}
	case "CreateAlias", "UpdateAlias", "DeleteAlias":
		c.Alias, c.Version = in.text("name"), in.text("functionVersion")
		if c.Version == "" {
			c.Version = out.text("functionVersion")
		}
	case "DeleteFunction":
		if qualifier != "" {
			c.Kind, c.Version = sources.ChangeOther, qualifier
		}
	}
	switch c.Kind {
	case sources.ChangeConcurrency:
		c.What = concurrencyWords(c.Operation, in)
	case sources.ChangeTrigger:
		c.What = triggerWords(c.Operation, in, out)
	case sources.ChangeCreated, sources.ChangeCode, sources.ChangeConfiguration:
		c.What = settingWords(in)
	case sources.ChangeAlias:
		if len(in.object("routingConfig").object("additionalVersionWeights")) > 0 {
			c.What = "weighted"
		}
	case sources.ChangeVersion, sources.ChangeDeleted, sources.ChangeOther:
	}
	if qualifier != "" && (c.Kind == sources.ChangeConcurrency || c.Kind == sources.ChangeTrigger) {
		c.What = strings.TrimSpace(c.What + " on " + qualifier)
	}
}

func concurrencyWords(operation string, in trailParameters) string {
	switch operation {
	case "PutFunctionConcurrency":
		if n := in.text("reservedConcurrentExecutions"); n != "" {
			return "reserved " + n
		}
	case "DeleteFunctionConcurrency":
		return "no reservation"
	case "PutProvisionedConcurrencyConfig":
		if n := in.text("provisionedConcurrentExecutions"); n != "" {
			return "provisioned " + n
		}
	case "DeleteProvisionedConcurrencyConfig":
		return "none provisioned"
	}
	return ""
}

func triggerWords(operation string, in, out trailParameters) string {
	var words []string
	add := func(prefix, text string) {
		if text != "" {
			words = append(words, prefix+text)
		}
	}
	switch operation {
	case "AddPermission":
		if service := in.text("principal"); service != "" {
			add("", string(triggerOfPrincipal(service)))
		}
		add("", shortName(in.text("sourceArn")))
	case "RemovePermission":
		add("", in.text("statementId"))
	case "CreateFunctionUrlConfig", "UpdateFunctionUrlConfig":
		add("auth ", in.text("authType"))
	case "CreateEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping":
		source := in.text("eventSourceArn")
		if source == "" {
			source = out.text("eventSourceArn")
		}
		if source != "" {
			add("", string(triggerOfSource(source)))
			add("", shortName(source))
		}
		add("batch ", in.text("batchSize"))
		switch string(in["enabled"]) {
		case "true":
			add("", "enabled")
		case "false":
			add("", "disabled")
		}
	}
	return strings.Join(words, " ")
}

// settingWords are what a call sets of a function's configuration, most told
// first.
func settingWords(in trailParameters) string {
	var words []string
	add := func(prefix, text, suffix string) {
		if text != "" {
			words = append(words, prefix+text+suffix)
		}
	}
	add("memory ", in.text("memorySize"), " MB")
	add("timeout ", in.text("timeout"), " s")
	add("runtime ", in.text("runtime"), "")
	add("", strings.Join(in.list("architectures"), " "), "")
	add("handler ", in.text("handler"), "")
	add("/tmp ", in.object("ephemeralStorage").text("size"), " MB")
	add("tracing ", in.object("tracingConfig").text("mode"), "")
	add("log level ", in.object("loggingConfig").text("systemLogLevel"), "")
	if in.object("snapStart").text("applyOn") == "PublishedVersions" {
		add("", "SnapStart", "")
	}
	if n := len(in.list("layers")); in.has("layers") {
		add("layers ", strconv.Itoa(n), "")
	}
	add("retries ", in.text("maximumRetryAttempts"), "")
	for _, name := range []string{"environment", "role", "vpcConfig", "description", "deadLetterConfig", "kMSKeyArn", "destinationConfig"} {
		if in.has(name) {
			add("", settingNames(name), "")
		}
	}
	return strings.Join(words, ", ")
}

// settingNames are settings of which it is only told that they were set.
func settingNames(name string) string {
	switch name {
	case "vpcConfig":
		return "VPC"
	case "deadLetterConfig":
		return "dead letters"
	case "kMSKeyArn":
		return "key"
	case "destinationConfig":
		return "destinations"
	}
	return name
}
