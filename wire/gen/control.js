/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $Number = $util.global.Number, $String = $util.global.String, $Array = $util.global.Array, $parseInt = $util.global.parseInt, $BigInt = $util.global.BigInt, $isFinite = $util.global.isFinite, $Boolean = $util.global.Boolean;

const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const weft = $root.weft = (() => {

    const weft = {};

    weft.control = (function() {

        const control = {};

        control.v1 = (function() {

            const v1 = {};

            v1.AgentMessage = (function() {

                const AgentMessage = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                AgentMessage.prototype.sequence = 0;
                AgentMessage.prototype.hello = null;
                AgentMessage.prototype.heartbeat = null;
                AgentMessage.prototype.assets = null;
                AgentMessage.prototype.capabilities = null;
                AgentMessage.prototype.guestStates = null;
                AgentMessage.prototype.events = null;
                AgentMessage.prototype.subscribe = null;
                AgentMessage.prototype.acknowledge = null;
                AgentMessage.prototype.measurements = null;
                AgentMessage.prototype.keys = null;
                AgentMessage.prototype.traced = null;
                AgentMessage.prototype.certificateRequest = null;

                let $oneOfFields;

                $Object.defineProperty(AgentMessage.prototype, "body", {
                    get: $util.oneOfGetter($oneOfFields = ["hello", "heartbeat", "assets", "capabilities", "guestStates", "events", "subscribe", "acknowledge", "measurements", "keys", "traced", "certificateRequest"]),
                    set: $util.oneOfSetter($oneOfFields)
                });

                AgentMessage.create = function(properties) {
                    return new AgentMessage(properties);
                };

                AgentMessage.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && message.sequence !== 0)
                        writer.uint32(8).uint32(message.sequence);
                    if (message.hello != null && $Object.hasOwnProperty.call(message, "hello"))
                        $root.weft.control.v1.Hello.encode(message.hello, writer.uint32(18).fork(), _depth + 1).ldelim();
                    if (message.heartbeat != null && $Object.hasOwnProperty.call(message, "heartbeat"))
                        $root.weft.control.v1.Heartbeat.encode(message.heartbeat, writer.uint32(26).fork(), _depth + 1).ldelim();
                    if (message.assets != null && $Object.hasOwnProperty.call(message, "assets"))
                        $root.weft.control.v1.Assets.encode(message.assets, writer.uint32(34).fork(), _depth + 1).ldelim();
                    if (message.capabilities != null && $Object.hasOwnProperty.call(message, "capabilities"))
                        $root.weft.control.v1.Capabilities.encode(message.capabilities, writer.uint32(42).fork(), _depth + 1).ldelim();
                    if (message.guestStates != null && $Object.hasOwnProperty.call(message, "guestStates"))
                        $root.weft.control.v1.GuestStates.encode(message.guestStates, writer.uint32(50).fork(), _depth + 1).ldelim();
                    if (message.events != null && $Object.hasOwnProperty.call(message, "events"))
                        $root.weft.control.v1.Events.encode(message.events, writer.uint32(58).fork(), _depth + 1).ldelim();
                    if (message.subscribe != null && $Object.hasOwnProperty.call(message, "subscribe"))
                        $root.weft.control.v1.Subscribe.encode(message.subscribe, writer.uint32(66).fork(), _depth + 1).ldelim();
                    if (message.acknowledge != null && $Object.hasOwnProperty.call(message, "acknowledge"))
                        $root.weft.control.v1.Acknowledge.encode(message.acknowledge, writer.uint32(74).fork(), _depth + 1).ldelim();
                    if (message.measurements != null && $Object.hasOwnProperty.call(message, "measurements"))
                        $root.weft.control.v1.Measurements.encode(message.measurements, writer.uint32(82).fork(), _depth + 1).ldelim();
                    if (message.keys != null && $Object.hasOwnProperty.call(message, "keys"))
                        $root.weft.control.v1.Keys.encode(message.keys, writer.uint32(90).fork(), _depth + 1).ldelim();
                    if (message.traced != null && $Object.hasOwnProperty.call(message, "traced"))
                        $root.weft.control.v1.Traced.encode(message.traced, writer.uint32(98).fork(), _depth + 1).ldelim();
                    if (message.certificateRequest != null && $Object.hasOwnProperty.call(message, "certificateRequest"))
                        $root.weft.control.v1.CertificateRequest.encode(message.certificateRequest, writer.uint32(106).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                AgentMessage.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.AgentMessage();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.sequence = value;
                                else
                                    delete message.sequence;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                message.hello = $root.weft.control.v1.Hello.decode(reader, reader.size(), $undefined, _depth + 1, message.hello);
                                message.body = "hello";
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                message.heartbeat = $root.weft.control.v1.Heartbeat.decode(reader, reader.size(), $undefined, _depth + 1, message.heartbeat);
                                message.body = "heartbeat";
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                message.assets = $root.weft.control.v1.Assets.decode(reader, reader.size(), $undefined, _depth + 1, message.assets);
                                message.body = "assets";
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                message.capabilities = $root.weft.control.v1.Capabilities.decode(reader, reader.size(), $undefined, _depth + 1, message.capabilities);
                                message.body = "capabilities";
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                message.guestStates = $root.weft.control.v1.GuestStates.decode(reader, reader.size(), $undefined, _depth + 1, message.guestStates);
                                message.body = "guestStates";
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                message.events = $root.weft.control.v1.Events.decode(reader, reader.size(), $undefined, _depth + 1, message.events);
                                message.body = "events";
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                message.subscribe = $root.weft.control.v1.Subscribe.decode(reader, reader.size(), $undefined, _depth + 1, message.subscribe);
                                message.body = "subscribe";
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                message.acknowledge = $root.weft.control.v1.Acknowledge.decode(reader, reader.size(), $undefined, _depth + 1, message.acknowledge);
                                message.body = "acknowledge";
                                continue;
                            }
                        case 10: {
                                if (wireType !== 2)
                                    break;
                                message.measurements = $root.weft.control.v1.Measurements.decode(reader, reader.size(), $undefined, _depth + 1, message.measurements);
                                message.body = "measurements";
                                continue;
                            }
                        case 11: {
                                if (wireType !== 2)
                                    break;
                                message.keys = $root.weft.control.v1.Keys.decode(reader, reader.size(), $undefined, _depth + 1, message.keys);
                                message.body = "keys";
                                continue;
                            }
                        case 12: {
                                if (wireType !== 2)
                                    break;
                                message.traced = $root.weft.control.v1.Traced.decode(reader, reader.size(), $undefined, _depth + 1, message.traced);
                                message.body = "traced";
                                continue;
                            }
                        case 13: {
                                if (wireType !== 2)
                                    break;
                                message.certificateRequest = $root.weft.control.v1.CertificateRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.certificateRequest);
                                message.body = "certificateRequest";
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                AgentMessage.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.AgentMessage)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.AgentMessage: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.AgentMessage();
                    if (object.sequence != null)
                        if ($Number(object.sequence) !== 0)
                            message.sequence = object.sequence >>> 0;
                    if (object.hello != null) {
                        if (!$util.isObject(object.hello))
                            throw $TypeError(".weft.control.v1.AgentMessage.hello: object expected");
                        message.hello = $root.weft.control.v1.Hello.fromObject(object.hello, _depth + 1);
                    }
                    if (object.heartbeat != null) {
                        if (!$util.isObject(object.heartbeat))
                            throw $TypeError(".weft.control.v1.AgentMessage.heartbeat: object expected");
                        message.heartbeat = $root.weft.control.v1.Heartbeat.fromObject(object.heartbeat, _depth + 1);
                    }
                    if (object.assets != null) {
                        if (!$util.isObject(object.assets))
                            throw $TypeError(".weft.control.v1.AgentMessage.assets: object expected");
                        message.assets = $root.weft.control.v1.Assets.fromObject(object.assets, _depth + 1);
                    }
                    if (object.capabilities != null) {
                        if (!$util.isObject(object.capabilities))
                            throw $TypeError(".weft.control.v1.AgentMessage.capabilities: object expected");
                        message.capabilities = $root.weft.control.v1.Capabilities.fromObject(object.capabilities, _depth + 1);
                    }
                    if (object.guestStates != null) {
                        if (!$util.isObject(object.guestStates))
                            throw $TypeError(".weft.control.v1.AgentMessage.guestStates: object expected");
                        message.guestStates = $root.weft.control.v1.GuestStates.fromObject(object.guestStates, _depth + 1);
                    }
                    if (object.events != null) {
                        if (!$util.isObject(object.events))
                            throw $TypeError(".weft.control.v1.AgentMessage.events: object expected");
                        message.events = $root.weft.control.v1.Events.fromObject(object.events, _depth + 1);
                    }
                    if (object.subscribe != null) {
                        if (!$util.isObject(object.subscribe))
                            throw $TypeError(".weft.control.v1.AgentMessage.subscribe: object expected");
                        message.subscribe = $root.weft.control.v1.Subscribe.fromObject(object.subscribe, _depth + 1);
                    }
                    if (object.acknowledge != null) {
                        if (!$util.isObject(object.acknowledge))
                            throw $TypeError(".weft.control.v1.AgentMessage.acknowledge: object expected");
                        message.acknowledge = $root.weft.control.v1.Acknowledge.fromObject(object.acknowledge, _depth + 1);
                    }
                    if (object.measurements != null) {
                        if (!$util.isObject(object.measurements))
                            throw $TypeError(".weft.control.v1.AgentMessage.measurements: object expected");
                        message.measurements = $root.weft.control.v1.Measurements.fromObject(object.measurements, _depth + 1);
                    }
                    if (object.keys != null) {
                        if (!$util.isObject(object.keys))
                            throw $TypeError(".weft.control.v1.AgentMessage.keys: object expected");
                        message.keys = $root.weft.control.v1.Keys.fromObject(object.keys, _depth + 1);
                    }
                    if (object.traced != null) {
                        if (!$util.isObject(object.traced))
                            throw $TypeError(".weft.control.v1.AgentMessage.traced: object expected");
                        message.traced = $root.weft.control.v1.Traced.fromObject(object.traced, _depth + 1);
                    }
                    if (object.certificateRequest != null) {
                        if (!$util.isObject(object.certificateRequest))
                            throw $TypeError(".weft.control.v1.AgentMessage.certificateRequest: object expected");
                        message.certificateRequest = $root.weft.control.v1.CertificateRequest.fromObject(object.certificateRequest, _depth + 1);
                    }
                    return message;
                };

                AgentMessage.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults)
                        object.sequence = 0;
                    if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence"))
                        object.sequence = message.sequence;
                    if (message.hello != null && $Object.hasOwnProperty.call(message, "hello")) {
                        object.hello = $root.weft.control.v1.Hello.toObject(message.hello, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "hello";
                    }
                    if (message.heartbeat != null && $Object.hasOwnProperty.call(message, "heartbeat")) {
                        object.heartbeat = $root.weft.control.v1.Heartbeat.toObject(message.heartbeat, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "heartbeat";
                    }
                    if (message.assets != null && $Object.hasOwnProperty.call(message, "assets")) {
                        object.assets = $root.weft.control.v1.Assets.toObject(message.assets, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "assets";
                    }
                    if (message.capabilities != null && $Object.hasOwnProperty.call(message, "capabilities")) {
                        object.capabilities = $root.weft.control.v1.Capabilities.toObject(message.capabilities, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "capabilities";
                    }
                    if (message.guestStates != null && $Object.hasOwnProperty.call(message, "guestStates")) {
                        object.guestStates = $root.weft.control.v1.GuestStates.toObject(message.guestStates, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "guestStates";
                    }
                    if (message.events != null && $Object.hasOwnProperty.call(message, "events")) {
                        object.events = $root.weft.control.v1.Events.toObject(message.events, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "events";
                    }
                    if (message.subscribe != null && $Object.hasOwnProperty.call(message, "subscribe")) {
                        object.subscribe = $root.weft.control.v1.Subscribe.toObject(message.subscribe, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "subscribe";
                    }
                    if (message.acknowledge != null && $Object.hasOwnProperty.call(message, "acknowledge")) {
                        object.acknowledge = $root.weft.control.v1.Acknowledge.toObject(message.acknowledge, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "acknowledge";
                    }
                    if (message.measurements != null && $Object.hasOwnProperty.call(message, "measurements")) {
                        object.measurements = $root.weft.control.v1.Measurements.toObject(message.measurements, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "measurements";
                    }
                    if (message.keys != null && $Object.hasOwnProperty.call(message, "keys")) {
                        object.keys = $root.weft.control.v1.Keys.toObject(message.keys, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "keys";
                    }
                    if (message.traced != null && $Object.hasOwnProperty.call(message, "traced")) {
                        object.traced = $root.weft.control.v1.Traced.toObject(message.traced, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "traced";
                    }
                    if (message.certificateRequest != null && $Object.hasOwnProperty.call(message, "certificateRequest")) {
                        object.certificateRequest = $root.weft.control.v1.CertificateRequest.toObject(message.certificateRequest, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "certificateRequest";
                    }
                    return object;
                };

                AgentMessage.prototype.toJSON = function() {
                    return AgentMessage.toObject(this, $protobuf.util.toJSONOptions);
                };

                return AgentMessage;
            })();

            v1.Hello = (function() {

                const Hello = function (properties) {
                    this.substrateAddresses = [];
                    this.held = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Hello.prototype.host = "";
                Hello.prototype.instance = "";
                Hello.prototype.agentVersion = "";
                Hello.prototype.substrateAddresses = $util.emptyArray;
                Hello.prototype.udpPort = 0;
                Hello.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                Hello.prototype.held = $util.emptyArray;
                Hello.prototype.capabilities = null;
                Hello.prototype.assets = null;
                Hello.prototype.keys = null;

                Hello.create = function(properties) {
                    return new Hello(properties);
                };

                Hello.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.host != null && $Object.hasOwnProperty.call(message, "host") && message.host !== "")
                        writer.uint32(10).string(message.host);
                    if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance !== "")
                        writer.uint32(18).string(message.instance);
                    if (message.agentVersion != null && $Object.hasOwnProperty.call(message, "agentVersion") && message.agentVersion !== "")
                        writer.uint32(26).string(message.agentVersion);
                    if (message.substrateAddresses != null && message.substrateAddresses.length)
                        for (let i = 0; i < message.substrateAddresses.length; ++i)
                            writer.uint32(34).bytes(message.substrateAddresses[i]);
                    if (message.udpPort != null && $Object.hasOwnProperty.call(message, "udpPort") && message.udpPort !== 0)
                        writer.uint32(40).uint32(message.udpPort);
                    if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                        writer.uint32(48).uint64(message.epoch);
                    if (message.held != null && message.held.length)
                        for (let i = 0; i < message.held.length; ++i)
                            $root.weft.control.v1.Held.encode(message.held[i], writer.uint32(58).fork(), _depth + 1).ldelim();
                    if (message.capabilities != null && $Object.hasOwnProperty.call(message, "capabilities"))
                        $root.weft.control.v1.Capabilities.encode(message.capabilities, writer.uint32(66).fork(), _depth + 1).ldelim();
                    if (message.assets != null && $Object.hasOwnProperty.call(message, "assets"))
                        $root.weft.control.v1.Assets.encode(message.assets, writer.uint32(74).fork(), _depth + 1).ldelim();
                    if (message.keys != null && $Object.hasOwnProperty.call(message, "keys"))
                        $root.weft.control.v1.Keys.encode(message.keys, writer.uint32(82).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Hello.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Hello();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.host = value;
                                else
                                    delete message.host;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.instance = value;
                                else
                                    delete message.instance;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.agentVersion = value;
                                else
                                    delete message.agentVersion;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.substrateAddresses && message.substrateAddresses.length))
                                    message.substrateAddresses = [];
                                message.substrateAddresses.push(reader.bytes());
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.udpPort = value;
                                else
                                    delete message.udpPort;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.epoch = value;
                                else
                                    delete message.epoch;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.held && message.held.length))
                                    message.held = [];
                                message.held.push($root.weft.control.v1.Held.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                message.capabilities = $root.weft.control.v1.Capabilities.decode(reader, reader.size(), $undefined, _depth + 1, message.capabilities);
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                message.assets = $root.weft.control.v1.Assets.decode(reader, reader.size(), $undefined, _depth + 1, message.assets);
                                continue;
                            }
                        case 10: {
                                if (wireType !== 2)
                                    break;
                                message.keys = $root.weft.control.v1.Keys.decode(reader, reader.size(), $undefined, _depth + 1, message.keys);
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Hello.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Hello)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Hello: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Hello();
                    if (object.host != null)
                        if (typeof object.host !== "string" || object.host.length)
                            message.host = $String(object.host);
                    if (object.instance != null)
                        if (typeof object.instance !== "string" || object.instance.length)
                            message.instance = $String(object.instance);
                    if (object.agentVersion != null)
                        if (typeof object.agentVersion !== "string" || object.agentVersion.length)
                            message.agentVersion = $String(object.agentVersion);
                    if (object.substrateAddresses) {
                        if (!$Array.isArray(object.substrateAddresses))
                            throw $TypeError(".weft.control.v1.Hello.substrateAddresses: array expected");
                        message.substrateAddresses = $Array(object.substrateAddresses.length);
                        for (let i = 0; i < object.substrateAddresses.length; ++i)
                            if (typeof object.substrateAddresses[i] === "string")
                                $util.base64.decode(object.substrateAddresses[i], message.substrateAddresses[i] = $util.newBuffer($util.base64.length(object.substrateAddresses[i])), 0);
                            else if (object.substrateAddresses[i].length >= 0)
                                message.substrateAddresses[i] = object.substrateAddresses[i];
                    }
                    if (object.udpPort != null)
                        if ($Number(object.udpPort) !== 0)
                            message.udpPort = object.udpPort >>> 0;
                    if (object.epoch != null)
                        if (typeof object.epoch === "object" ? object.epoch.low || object.epoch.high : $Number(object.epoch) !== 0)
                            if ($util.Long)
                                message.epoch = $util.Long.fromValue(object.epoch, true);
                            else if (typeof object.epoch === "string")
                                message.epoch = $parseInt(object.epoch, 10);
                            else if (typeof object.epoch === "number")
                                message.epoch = object.epoch;
                            else if (typeof object.epoch === "object")
                                message.epoch = new $util.LongBits(object.epoch.low >>> 0, object.epoch.high >>> 0).toNumber(true);
                    if (object.held) {
                        if (!$Array.isArray(object.held))
                            throw $TypeError(".weft.control.v1.Hello.held: array expected");
                        message.held = $Array(object.held.length);
                        for (let i = 0; i < object.held.length; ++i) {
                            if (!$util.isObject(object.held[i]))
                                throw $TypeError(".weft.control.v1.Hello.held: object expected");
                            message.held[i] = $root.weft.control.v1.Held.fromObject(object.held[i], _depth + 1);
                        }
                    }
                    if (object.capabilities != null) {
                        if (!$util.isObject(object.capabilities))
                            throw $TypeError(".weft.control.v1.Hello.capabilities: object expected");
                        message.capabilities = $root.weft.control.v1.Capabilities.fromObject(object.capabilities, _depth + 1);
                    }
                    if (object.assets != null) {
                        if (!$util.isObject(object.assets))
                            throw $TypeError(".weft.control.v1.Hello.assets: object expected");
                        message.assets = $root.weft.control.v1.Assets.fromObject(object.assets, _depth + 1);
                    }
                    if (object.keys != null) {
                        if (!$util.isObject(object.keys))
                            throw $TypeError(".weft.control.v1.Hello.keys: object expected");
                        message.keys = $root.weft.control.v1.Keys.fromObject(object.keys, _depth + 1);
                    }
                    return message;
                };

                Hello.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults) {
                        object.substrateAddresses = [];
                        object.held = [];
                    }
                    if (options.defaults) {
                        object.host = "";
                        object.instance = "";
                        object.agentVersion = "";
                        object.udpPort = 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.epoch = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.epoch = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        object.capabilities = null;
                        object.assets = null;
                        object.keys = null;
                    }
                    if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
                        object.host = message.host;
                    if (message.instance != null && $Object.hasOwnProperty.call(message, "instance"))
                        object.instance = message.instance;
                    if (message.agentVersion != null && $Object.hasOwnProperty.call(message, "agentVersion"))
                        object.agentVersion = message.agentVersion;
                    if (message.substrateAddresses && message.substrateAddresses.length) {
                        object.substrateAddresses = $Array(message.substrateAddresses.length);
                        for (let j = 0; j < message.substrateAddresses.length; ++j)
                            object.substrateAddresses[j] = options.bytes === $String ? $util.base64.encode(message.substrateAddresses[j], 0, message.substrateAddresses[j].length) : options.bytes === $Array ? $Array.prototype.slice.call(message.substrateAddresses[j]) : message.substrateAddresses[j];
                    }
                    if (message.udpPort != null && $Object.hasOwnProperty.call(message, "udpPort"))
                        object.udpPort = message.udpPort;
                    if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.epoch = typeof message.epoch === "number" ? $BigInt(message.epoch) : $util.Long.fromBits(message.epoch.low >>> 0, message.epoch.high >>> 0, true).toBigInt();
                        else if (typeof message.epoch === "number")
                            object.epoch = options.longs === $String ? $String(message.epoch) : message.epoch;
                        else
                            object.epoch = options.longs === $String ? $util.Long.prototype.toString.call(message.epoch) : options.longs === $Number ? new $util.LongBits(message.epoch.low >>> 0, message.epoch.high >>> 0).toNumber(true) : message.epoch;
                    if (message.held && message.held.length) {
                        object.held = $Array(message.held.length);
                        for (let j = 0; j < message.held.length; ++j)
                            object.held[j] = $root.weft.control.v1.Held.toObject(message.held[j], options, _depth + 1);
                    }
                    if (message.capabilities != null && $Object.hasOwnProperty.call(message, "capabilities"))
                        object.capabilities = $root.weft.control.v1.Capabilities.toObject(message.capabilities, options, _depth + 1);
                    if (message.assets != null && $Object.hasOwnProperty.call(message, "assets"))
                        object.assets = $root.weft.control.v1.Assets.toObject(message.assets, options, _depth + 1);
                    if (message.keys != null && $Object.hasOwnProperty.call(message, "keys"))
                        object.keys = $root.weft.control.v1.Keys.toObject(message.keys, options, _depth + 1);
                    return object;
                };

                Hello.prototype.toJSON = function() {
                    return Hello.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Hello;
            })();

            v1.Held = (function() {

                const Held = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Held.prototype.name = null;
                Held.prototype.version = "";
                Held.prototype.session = null;

                Held.create = function(properties) {
                    return new Held(properties);
                };

                Held.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                        $root.weft.control.v1.ResourceName.encode(message.name, writer.uint32(10).fork(), _depth + 1).ldelim();
                    if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                        writer.uint32(18).string(message.version);
                    if (message.session != null && $Object.hasOwnProperty.call(message, "session"))
                        $root.weft.control.v1.Session.encode(message.session, writer.uint32(26).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Held.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Held();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                message.name = $root.weft.control.v1.ResourceName.decode(reader, reader.size(), $undefined, _depth + 1, message.name);
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.version = value;
                                else
                                    delete message.version;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                message.session = $root.weft.control.v1.Session.decode(reader, reader.size(), $undefined, _depth + 1, message.session);
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Held.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Held)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Held: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Held();
                    if (object.name != null) {
                        if (!$util.isObject(object.name))
                            throw $TypeError(".weft.control.v1.Held.name: object expected");
                        message.name = $root.weft.control.v1.ResourceName.fromObject(object.name, _depth + 1);
                    }
                    if (object.version != null)
                        if (typeof object.version !== "string" || object.version.length)
                            message.version = $String(object.version);
                    if (object.session != null) {
                        if (!$util.isObject(object.session))
                            throw $TypeError(".weft.control.v1.Held.session: object expected");
                        message.session = $root.weft.control.v1.Session.fromObject(object.session, _depth + 1);
                    }
                    return message;
                };

                Held.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.name = null;
                        object.version = "";
                        object.session = null;
                    }
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                        object.name = $root.weft.control.v1.ResourceName.toObject(message.name, options, _depth + 1);
                    if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                        object.version = message.version;
                    if (message.session != null && $Object.hasOwnProperty.call(message, "session"))
                        object.session = $root.weft.control.v1.Session.toObject(message.session, options, _depth + 1);
                    return object;
                };

                Held.prototype.toJSON = function() {
                    return Held.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Held;
            })();

            v1.Keys = (function() {

                const Keys = function (properties) {
                    this.epochs = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Keys.prototype.identity = $util.newBuffer([]);
                Keys.prototype.epochs = $util.emptyArray;

                Keys.create = function(properties) {
                    return new Keys(properties);
                };

                Keys.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.identity != null && $Object.hasOwnProperty.call(message, "identity") && message.identity.length)
                        writer.uint32(10).bytes(message.identity);
                    if (message.epochs != null && message.epochs.length)
                        for (let i = 0; i < message.epochs.length; ++i)
                            $root.weft.control.v1.HostKey.encode(message.epochs[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Keys.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Keys();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.identity = value;
                                else
                                    delete message.identity;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.epochs && message.epochs.length))
                                    message.epochs = [];
                                message.epochs.push($root.weft.control.v1.HostKey.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Keys.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Keys)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Keys: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Keys();
                    if (object.identity != null)
                        if (object.identity.length)
                            if (typeof object.identity === "string")
                                $util.base64.decode(object.identity, message.identity = $util.newBuffer($util.base64.length(object.identity)), 0);
                            else if (object.identity.length >= 0)
                                message.identity = object.identity;
                    if (object.epochs) {
                        if (!$Array.isArray(object.epochs))
                            throw $TypeError(".weft.control.v1.Keys.epochs: array expected");
                        message.epochs = $Array(object.epochs.length);
                        for (let i = 0; i < object.epochs.length; ++i) {
                            if (!$util.isObject(object.epochs[i]))
                                throw $TypeError(".weft.control.v1.Keys.epochs: object expected");
                            message.epochs[i] = $root.weft.control.v1.HostKey.fromObject(object.epochs[i], _depth + 1);
                        }
                    }
                    return message;
                };

                Keys.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.epochs = [];
                    if (options.defaults)
                        if (options.bytes === $String)
                            object.identity = "";
                        else {
                            object.identity = [];
                            if (options.bytes !== $Array)
                                object.identity = $util.newBuffer(object.identity);
                        }
                    if (message.identity != null && $Object.hasOwnProperty.call(message, "identity"))
                        object.identity = options.bytes === $String ? $util.base64.encode(message.identity, 0, message.identity.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.identity) : message.identity;
                    if (message.epochs && message.epochs.length) {
                        object.epochs = $Array(message.epochs.length);
                        for (let j = 0; j < message.epochs.length; ++j)
                            object.epochs[j] = $root.weft.control.v1.HostKey.toObject(message.epochs[j], options, _depth + 1);
                    }
                    return object;
                };

                Keys.prototype.toJSON = function() {
                    return Keys.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Keys;
            })();

            v1.HostKey = (function() {

                const HostKey = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                HostKey.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                HostKey.prototype.publicKey = $util.newBuffer([]);
                HostKey.prototype.signature = $util.newBuffer([]);

                HostKey.create = function(properties) {
                    return new HostKey(properties);
                };

                HostKey.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                        writer.uint32(8).uint64(message.epoch);
                    if (message.publicKey != null && $Object.hasOwnProperty.call(message, "publicKey") && message.publicKey.length)
                        writer.uint32(18).bytes(message.publicKey);
                    if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                        writer.uint32(26).bytes(message.signature);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                HostKey.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.HostKey();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.epoch = value;
                                else
                                    delete message.epoch;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.publicKey = value;
                                else
                                    delete message.publicKey;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.signature = value;
                                else
                                    delete message.signature;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                HostKey.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.HostKey)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.HostKey: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.HostKey();
                    if (object.epoch != null)
                        if (typeof object.epoch === "object" ? object.epoch.low || object.epoch.high : $Number(object.epoch) !== 0)
                            if ($util.Long)
                                message.epoch = $util.Long.fromValue(object.epoch, true);
                            else if (typeof object.epoch === "string")
                                message.epoch = $parseInt(object.epoch, 10);
                            else if (typeof object.epoch === "number")
                                message.epoch = object.epoch;
                            else if (typeof object.epoch === "object")
                                message.epoch = new $util.LongBits(object.epoch.low >>> 0, object.epoch.high >>> 0).toNumber(true);
                    if (object.publicKey != null)
                        if (object.publicKey.length)
                            if (typeof object.publicKey === "string")
                                $util.base64.decode(object.publicKey, message.publicKey = $util.newBuffer($util.base64.length(object.publicKey)), 0);
                            else if (object.publicKey.length >= 0)
                                message.publicKey = object.publicKey;
                    if (object.signature != null)
                        if (object.signature.length)
                            if (typeof object.signature === "string")
                                $util.base64.decode(object.signature, message.signature = $util.newBuffer($util.base64.length(object.signature)), 0);
                            else if (object.signature.length >= 0)
                                message.signature = object.signature;
                    return message;
                };

                HostKey.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.epoch = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.epoch = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        if (options.bytes === $String)
                            object.publicKey = "";
                        else {
                            object.publicKey = [];
                            if (options.bytes !== $Array)
                                object.publicKey = $util.newBuffer(object.publicKey);
                        }
                        if (options.bytes === $String)
                            object.signature = "";
                        else {
                            object.signature = [];
                            if (options.bytes !== $Array)
                                object.signature = $util.newBuffer(object.signature);
                        }
                    }
                    if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.epoch = typeof message.epoch === "number" ? $BigInt(message.epoch) : $util.Long.fromBits(message.epoch.low >>> 0, message.epoch.high >>> 0, true).toBigInt();
                        else if (typeof message.epoch === "number")
                            object.epoch = options.longs === $String ? $String(message.epoch) : message.epoch;
                        else
                            object.epoch = options.longs === $String ? $util.Long.prototype.toString.call(message.epoch) : options.longs === $Number ? new $util.LongBits(message.epoch.low >>> 0, message.epoch.high >>> 0).toNumber(true) : message.epoch;
                    if (message.publicKey != null && $Object.hasOwnProperty.call(message, "publicKey"))
                        object.publicKey = options.bytes === $String ? $util.base64.encode(message.publicKey, 0, message.publicKey.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.publicKey) : message.publicKey;
                    if (message.signature != null && $Object.hasOwnProperty.call(message, "signature"))
                        object.signature = options.bytes === $String ? $util.base64.encode(message.signature, 0, message.signature.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.signature) : message.signature;
                    return object;
                };

                HostKey.prototype.toJSON = function() {
                    return HostKey.toObject(this, $protobuf.util.toJSONOptions);
                };

                return HostKey;
            })();

            v1.Heartbeat = (function() {

                const Heartbeat = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Heartbeat.prototype.number = 0;
                Heartbeat.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                Heartbeat.prototype.guests = 0;
                Heartbeat.prototype.load1 = 0;
                Heartbeat.prototype.residentBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                Heartbeat.create = function(properties) {
                    return new Heartbeat(properties);
                };

                Heartbeat.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.number != null && $Object.hasOwnProperty.call(message, "number") && message.number !== 0)
                        writer.uint32(8).uint32(message.number);
                    if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                        writer.uint32(16).uint64(message.epoch);
                    if (message.guests != null && $Object.hasOwnProperty.call(message, "guests") && message.guests !== 0)
                        writer.uint32(24).uint32(message.guests);
                    if (message.load1 != null && $Object.hasOwnProperty.call(message, "load1") && !$Object.is(message.load1, 0))
                        writer.uint32(33).double(message.load1);
                    if (message.residentBytes != null && $Object.hasOwnProperty.call(message, "residentBytes") && (typeof message.residentBytes === "object" ? message.residentBytes.low || message.residentBytes.high : message.residentBytes !== 0))
                        writer.uint32(40).uint64(message.residentBytes);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Heartbeat.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Heartbeat();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.number = value;
                                else
                                    delete message.number;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.epoch = value;
                                else
                                    delete message.epoch;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.guests = value;
                                else
                                    delete message.guests;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.load1 = value;
                                else
                                    delete message.load1;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.residentBytes = value;
                                else
                                    delete message.residentBytes;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Heartbeat.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Heartbeat)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Heartbeat: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Heartbeat();
                    if (object.number != null)
                        if ($Number(object.number) !== 0)
                            message.number = object.number >>> 0;
                    if (object.epoch != null)
                        if (typeof object.epoch === "object" ? object.epoch.low || object.epoch.high : $Number(object.epoch) !== 0)
                            if ($util.Long)
                                message.epoch = $util.Long.fromValue(object.epoch, true);
                            else if (typeof object.epoch === "string")
                                message.epoch = $parseInt(object.epoch, 10);
                            else if (typeof object.epoch === "number")
                                message.epoch = object.epoch;
                            else if (typeof object.epoch === "object")
                                message.epoch = new $util.LongBits(object.epoch.low >>> 0, object.epoch.high >>> 0).toNumber(true);
                    if (object.guests != null)
                        if ($Number(object.guests) !== 0)
                            message.guests = object.guests >>> 0;
                    if (object.load1 != null)
                        if (!$Object.is($Number(object.load1), 0))
                            message.load1 = $Number(object.load1);
                    if (object.residentBytes != null)
                        if (typeof object.residentBytes === "object" ? object.residentBytes.low || object.residentBytes.high : $Number(object.residentBytes) !== 0)
                            if ($util.Long)
                                message.residentBytes = $util.Long.fromValue(object.residentBytes, true);
                            else if (typeof object.residentBytes === "string")
                                message.residentBytes = $parseInt(object.residentBytes, 10);
                            else if (typeof object.residentBytes === "number")
                                message.residentBytes = object.residentBytes;
                            else if (typeof object.residentBytes === "object")
                                message.residentBytes = new $util.LongBits(object.residentBytes.low >>> 0, object.residentBytes.high >>> 0).toNumber(true);
                    return message;
                };

                Heartbeat.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.number = 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.epoch = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.epoch = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        object.guests = 0;
                        object.load1 = 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.residentBytes = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.residentBytes = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    }
                    if (message.number != null && $Object.hasOwnProperty.call(message, "number"))
                        object.number = message.number;
                    if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.epoch = typeof message.epoch === "number" ? $BigInt(message.epoch) : $util.Long.fromBits(message.epoch.low >>> 0, message.epoch.high >>> 0, true).toBigInt();
                        else if (typeof message.epoch === "number")
                            object.epoch = options.longs === $String ? $String(message.epoch) : message.epoch;
                        else
                            object.epoch = options.longs === $String ? $util.Long.prototype.toString.call(message.epoch) : options.longs === $Number ? new $util.LongBits(message.epoch.low >>> 0, message.epoch.high >>> 0).toNumber(true) : message.epoch;
                    if (message.guests != null && $Object.hasOwnProperty.call(message, "guests"))
                        object.guests = message.guests;
                    if (message.load1 != null && $Object.hasOwnProperty.call(message, "load1"))
                        object.load1 = options.json && !$isFinite(message.load1) ? $String(message.load1) : message.load1;
                    if (message.residentBytes != null && $Object.hasOwnProperty.call(message, "residentBytes"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.residentBytes = typeof message.residentBytes === "number" ? $BigInt(message.residentBytes) : $util.Long.fromBits(message.residentBytes.low >>> 0, message.residentBytes.high >>> 0, true).toBigInt();
                        else if (typeof message.residentBytes === "number")
                            object.residentBytes = options.longs === $String ? $String(message.residentBytes) : message.residentBytes;
                        else
                            object.residentBytes = options.longs === $String ? $util.Long.prototype.toString.call(message.residentBytes) : options.longs === $Number ? new $util.LongBits(message.residentBytes.low >>> 0, message.residentBytes.high >>> 0).toNumber(true) : message.residentBytes;
                    return object;
                };

                Heartbeat.prototype.toJSON = function() {
                    return Heartbeat.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Heartbeat;
            })();

            v1.Assets = (function() {

                const Assets = function (properties) {
                    this.nics = [];
                    this.labels = {};
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Assets.prototype.kernel = "";
                Assets.prototype.operatingSystem = "";
                Assets.prototype.architecture = "";
                Assets.prototype.cpus = 0;
                Assets.prototype.cpuModel = "";
                Assets.prototype.memoryBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                Assets.prototype.nics = $util.emptyArray;
                Assets.prototype.labels = $util.emptyObject;

                Assets.create = function(properties) {
                    return new Assets(properties);
                };

                Assets.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.kernel != null && $Object.hasOwnProperty.call(message, "kernel") && message.kernel !== "")
                        writer.uint32(10).string(message.kernel);
                    if (message.operatingSystem != null && $Object.hasOwnProperty.call(message, "operatingSystem") && message.operatingSystem !== "")
                        writer.uint32(18).string(message.operatingSystem);
                    if (message.architecture != null && $Object.hasOwnProperty.call(message, "architecture") && message.architecture !== "")
                        writer.uint32(26).string(message.architecture);
                    if (message.cpus != null && $Object.hasOwnProperty.call(message, "cpus") && message.cpus !== 0)
                        writer.uint32(32).uint32(message.cpus);
                    if (message.cpuModel != null && $Object.hasOwnProperty.call(message, "cpuModel") && message.cpuModel !== "")
                        writer.uint32(42).string(message.cpuModel);
                    if (message.memoryBytes != null && $Object.hasOwnProperty.call(message, "memoryBytes") && (typeof message.memoryBytes === "object" ? message.memoryBytes.low || message.memoryBytes.high : message.memoryBytes !== 0))
                        writer.uint32(48).uint64(message.memoryBytes);
                    if (message.nics != null && message.nics.length)
                        for (let i = 0; i < message.nics.length; ++i)
                            $root.weft.control.v1.Nic.encode(message.nics[i], writer.uint32(58).fork(), _depth + 1).ldelim();
                    if (message.labels != null && $Object.hasOwnProperty.call(message, "labels"))
                        for (let keys = $Object.keys(message.labels), i = 0; i < keys.length; ++i)
                            writer.uint32(66).fork().uint32(10).string(keys[i]).uint32(18).string(message.labels[keys[i]]).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Assets.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, key, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Assets();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.kernel = value;
                                else
                                    delete message.kernel;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.operatingSystem = value;
                                else
                                    delete message.operatingSystem;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.architecture = value;
                                else
                                    delete message.architecture;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.cpus = value;
                                else
                                    delete message.cpus;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.cpuModel = value;
                                else
                                    delete message.cpuModel;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.memoryBytes = value;
                                else
                                    delete message.memoryBytes;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.nics && message.nics.length))
                                    message.nics = [];
                                message.nics.push($root.weft.control.v1.Nic.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                if (message.labels === $util.emptyObject)
                                    message.labels = {};
                                let end2 = reader.size() + reader.pos;
                                if (end2 > reader.len)
                                    throw $RangeError("index out of range");
                                reader.len = end2;
                                key = "";
                                value = "";
                                while (reader.pos < end2) {
                                    let tag2 = reader.tag();
                                    wireType = tag2 & 7;
                                    switch (tag2 >>>= 3) {
                                    case 1:
                                        if (wireType !== 2)
                                            break;
                                        key = reader.stringVerify();
                                        continue;
                                    case 2:
                                        if (wireType !== 2)
                                            break;
                                        value = reader.stringVerify();
                                        continue;
                                    }
                                    reader.skipType(wireType, _depth, tag2);
                                }
                                if (reader.pos !== end2)
                                    throw $RangeError("index out of range");
                                reader.len = end;
                                if (key === "__proto__")
                                    $util.makeProp(message.labels, key);
                                message.labels[key] = value;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Assets.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Assets)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Assets: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Assets();
                    if (object.kernel != null)
                        if (typeof object.kernel !== "string" || object.kernel.length)
                            message.kernel = $String(object.kernel);
                    if (object.operatingSystem != null)
                        if (typeof object.operatingSystem !== "string" || object.operatingSystem.length)
                            message.operatingSystem = $String(object.operatingSystem);
                    if (object.architecture != null)
                        if (typeof object.architecture !== "string" || object.architecture.length)
                            message.architecture = $String(object.architecture);
                    if (object.cpus != null)
                        if ($Number(object.cpus) !== 0)
                            message.cpus = object.cpus >>> 0;
                    if (object.cpuModel != null)
                        if (typeof object.cpuModel !== "string" || object.cpuModel.length)
                            message.cpuModel = $String(object.cpuModel);
                    if (object.memoryBytes != null)
                        if (typeof object.memoryBytes === "object" ? object.memoryBytes.low || object.memoryBytes.high : $Number(object.memoryBytes) !== 0)
                            if ($util.Long)
                                message.memoryBytes = $util.Long.fromValue(object.memoryBytes, true);
                            else if (typeof object.memoryBytes === "string")
                                message.memoryBytes = $parseInt(object.memoryBytes, 10);
                            else if (typeof object.memoryBytes === "number")
                                message.memoryBytes = object.memoryBytes;
                            else if (typeof object.memoryBytes === "object")
                                message.memoryBytes = new $util.LongBits(object.memoryBytes.low >>> 0, object.memoryBytes.high >>> 0).toNumber(true);
                    if (object.nics) {
                        if (!$Array.isArray(object.nics))
                            throw $TypeError(".weft.control.v1.Assets.nics: array expected");
                        message.nics = $Array(object.nics.length);
                        for (let i = 0; i < object.nics.length; ++i) {
                            if (!$util.isObject(object.nics[i]))
                                throw $TypeError(".weft.control.v1.Assets.nics: object expected");
                            message.nics[i] = $root.weft.control.v1.Nic.fromObject(object.nics[i], _depth + 1);
                        }
                    }
                    if (object.labels) {
                        if (!$util.isObject(object.labels))
                            throw $TypeError(".weft.control.v1.Assets.labels: object expected");
                        message.labels = {};
                        for (let keys = $Object.keys(object.labels), i = 0; i < keys.length; ++i) {
                            if (keys[i] === "__proto__")
                                $util.makeProp(message.labels, keys[i]);
                            message.labels[keys[i]] = $String(object.labels[keys[i]]);
                        }
                    }
                    return message;
                };

                Assets.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.nics = [];
                    if (options.objects || options.defaults)
                        object.labels = {};
                    if (options.defaults) {
                        object.kernel = "";
                        object.operatingSystem = "";
                        object.architecture = "";
                        object.cpus = 0;
                        object.cpuModel = "";
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.memoryBytes = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.memoryBytes = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    }
                    if (message.kernel != null && $Object.hasOwnProperty.call(message, "kernel"))
                        object.kernel = message.kernel;
                    if (message.operatingSystem != null && $Object.hasOwnProperty.call(message, "operatingSystem"))
                        object.operatingSystem = message.operatingSystem;
                    if (message.architecture != null && $Object.hasOwnProperty.call(message, "architecture"))
                        object.architecture = message.architecture;
                    if (message.cpus != null && $Object.hasOwnProperty.call(message, "cpus"))
                        object.cpus = message.cpus;
                    if (message.cpuModel != null && $Object.hasOwnProperty.call(message, "cpuModel"))
                        object.cpuModel = message.cpuModel;
                    if (message.memoryBytes != null && $Object.hasOwnProperty.call(message, "memoryBytes"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.memoryBytes = typeof message.memoryBytes === "number" ? $BigInt(message.memoryBytes) : $util.Long.fromBits(message.memoryBytes.low >>> 0, message.memoryBytes.high >>> 0, true).toBigInt();
                        else if (typeof message.memoryBytes === "number")
                            object.memoryBytes = options.longs === $String ? $String(message.memoryBytes) : message.memoryBytes;
                        else
                            object.memoryBytes = options.longs === $String ? $util.Long.prototype.toString.call(message.memoryBytes) : options.longs === $Number ? new $util.LongBits(message.memoryBytes.low >>> 0, message.memoryBytes.high >>> 0).toNumber(true) : message.memoryBytes;
                    if (message.nics && message.nics.length) {
                        object.nics = $Array(message.nics.length);
                        for (let j = 0; j < message.nics.length; ++j)
                            object.nics[j] = $root.weft.control.v1.Nic.toObject(message.nics[j], options, _depth + 1);
                    }
                    let keys2;
                    if (message.labels && (keys2 = $Object.keys(message.labels)).length) {
                        object.labels = {};
                        for (let j = 0; j < keys2.length; ++j) {
                            if (keys2[j] === "__proto__")
                                $util.makeProp(object.labels, keys2[j]);
                            object.labels[keys2[j]] = message.labels[keys2[j]];
                        }
                    }
                    return object;
                };

                Assets.prototype.toJSON = function() {
                    return Assets.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Assets;
            })();

            v1.Nic = (function() {

                const Nic = function (properties) {
                    this.addresses = [];
                    this.offloads = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Nic.prototype.name = "";
                Nic.prototype.mac = "";
                Nic.prototype.mtu = 0;
                Nic.prototype.up = false;
                Nic.prototype.speedMbps = 0;
                Nic.prototype.addresses = $util.emptyArray;
                Nic.prototype.offloads = $util.emptyArray;

                Nic.create = function(properties) {
                    return new Nic(properties);
                };

                Nic.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                        writer.uint32(10).string(message.name);
                    if (message.mac != null && $Object.hasOwnProperty.call(message, "mac") && message.mac !== "")
                        writer.uint32(18).string(message.mac);
                    if (message.mtu != null && $Object.hasOwnProperty.call(message, "mtu") && message.mtu !== 0)
                        writer.uint32(24).uint32(message.mtu);
                    if (message.up != null && $Object.hasOwnProperty.call(message, "up") && message.up !== false)
                        writer.uint32(32).bool(message.up);
                    if (message.speedMbps != null && $Object.hasOwnProperty.call(message, "speedMbps") && message.speedMbps !== 0)
                        writer.uint32(40).uint32(message.speedMbps);
                    if (message.addresses != null && message.addresses.length)
                        for (let i = 0; i < message.addresses.length; ++i)
                            writer.uint32(50).bytes(message.addresses[i]);
                    if (message.offloads != null && message.offloads.length)
                        for (let i = 0; i < message.offloads.length; ++i)
                            writer.uint32(58).string(message.offloads[i]);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Nic.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Nic();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.name = value;
                                else
                                    delete message.name;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.mac = value;
                                else
                                    delete message.mac;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.mtu = value;
                                else
                                    delete message.mtu;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.up = value;
                                else
                                    delete message.up;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.speedMbps = value;
                                else
                                    delete message.speedMbps;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.addresses && message.addresses.length))
                                    message.addresses = [];
                                message.addresses.push(reader.bytes());
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.offloads && message.offloads.length))
                                    message.offloads = [];
                                message.offloads.push(reader.stringVerify());
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Nic.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Nic)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Nic: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Nic();
                    if (object.name != null)
                        if (typeof object.name !== "string" || object.name.length)
                            message.name = $String(object.name);
                    if (object.mac != null)
                        if (typeof object.mac !== "string" || object.mac.length)
                            message.mac = $String(object.mac);
                    if (object.mtu != null)
                        if ($Number(object.mtu) !== 0)
                            message.mtu = object.mtu >>> 0;
                    if (object.up != null)
                        if (object.up)
                            message.up = $Boolean(object.up);
                    if (object.speedMbps != null)
                        if ($Number(object.speedMbps) !== 0)
                            message.speedMbps = object.speedMbps >>> 0;
                    if (object.addresses) {
                        if (!$Array.isArray(object.addresses))
                            throw $TypeError(".weft.control.v1.Nic.addresses: array expected");
                        message.addresses = $Array(object.addresses.length);
                        for (let i = 0; i < object.addresses.length; ++i)
                            if (typeof object.addresses[i] === "string")
                                $util.base64.decode(object.addresses[i], message.addresses[i] = $util.newBuffer($util.base64.length(object.addresses[i])), 0);
                            else if (object.addresses[i].length >= 0)
                                message.addresses[i] = object.addresses[i];
                    }
                    if (object.offloads) {
                        if (!$Array.isArray(object.offloads))
                            throw $TypeError(".weft.control.v1.Nic.offloads: array expected");
                        message.offloads = $Array(object.offloads.length);
                        for (let i = 0; i < object.offloads.length; ++i)
                            message.offloads[i] = $String(object.offloads[i]);
                    }
                    return message;
                };

                Nic.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults) {
                        object.addresses = [];
                        object.offloads = [];
                    }
                    if (options.defaults) {
                        object.name = "";
                        object.mac = "";
                        object.mtu = 0;
                        object.up = false;
                        object.speedMbps = 0;
                    }
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                        object.name = message.name;
                    if (message.mac != null && $Object.hasOwnProperty.call(message, "mac"))
                        object.mac = message.mac;
                    if (message.mtu != null && $Object.hasOwnProperty.call(message, "mtu"))
                        object.mtu = message.mtu;
                    if (message.up != null && $Object.hasOwnProperty.call(message, "up"))
                        object.up = message.up;
                    if (message.speedMbps != null && $Object.hasOwnProperty.call(message, "speedMbps"))
                        object.speedMbps = message.speedMbps;
                    if (message.addresses && message.addresses.length) {
                        object.addresses = $Array(message.addresses.length);
                        for (let j = 0; j < message.addresses.length; ++j)
                            object.addresses[j] = options.bytes === $String ? $util.base64.encode(message.addresses[j], 0, message.addresses[j].length) : options.bytes === $Array ? $Array.prototype.slice.call(message.addresses[j]) : message.addresses[j];
                    }
                    if (message.offloads && message.offloads.length) {
                        object.offloads = $Array(message.offloads.length);
                        for (let j = 0; j < message.offloads.length; ++j)
                            object.offloads[j] = message.offloads[j];
                    }
                    return object;
                };

                Nic.prototype.toJSON = function() {
                    return Nic.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Nic;
            })();

            v1.Capabilities = (function() {

                const Capabilities = function (properties) {
                    this.formats = [];
                    this.features = [];
                    this.offloads = [];
                    this.executors = [];
                    this.ports = [];
                    this.problems = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Capabilities.prototype.formats = $util.emptyArray;
                Capabilities.prototype.features = $util.emptyArray;
                Capabilities.prototype.offloads = $util.emptyArray;
                Capabilities.prototype.executors = $util.emptyArray;
                Capabilities.prototype.ports = $util.emptyArray;
                Capabilities.prototype.problems = $util.emptyArray;
                Capabilities.prototype.gni6Prefix = $util.newBuffer([]);

                Capabilities.create = function(properties) {
                    return new Capabilities(properties);
                };

                Capabilities.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.formats != null && message.formats.length)
                        for (let i = 0; i < message.formats.length; ++i)
                            writer.uint32(10).string(message.formats[i]);
                    if (message.features != null && message.features.length)
                        for (let i = 0; i < message.features.length; ++i)
                            writer.uint32(18).string(message.features[i]);
                    if (message.offloads != null && message.offloads.length)
                        for (let i = 0; i < message.offloads.length; ++i)
                            writer.uint32(26).string(message.offloads[i]);
                    if (message.executors != null && message.executors.length)
                        for (let i = 0; i < message.executors.length; ++i)
                            writer.uint32(34).string(message.executors[i]);
                    if (message.ports != null && message.ports.length)
                        for (let i = 0; i < message.ports.length; ++i)
                            writer.uint32(42).string(message.ports[i]);
                    if (message.problems != null && message.problems.length)
                        for (let i = 0; i < message.problems.length; ++i)
                            writer.uint32(50).string(message.problems[i]);
                    if (message.gni6Prefix != null && $Object.hasOwnProperty.call(message, "gni6Prefix") && message.gni6Prefix.length)
                        writer.uint32(66).bytes(message.gni6Prefix);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Capabilities.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Capabilities();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.formats && message.formats.length))
                                    message.formats = [];
                                message.formats.push(reader.stringVerify());
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.features && message.features.length))
                                    message.features = [];
                                message.features.push(reader.stringVerify());
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.offloads && message.offloads.length))
                                    message.offloads = [];
                                message.offloads.push(reader.stringVerify());
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.executors && message.executors.length))
                                    message.executors = [];
                                message.executors.push(reader.stringVerify());
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.ports && message.ports.length))
                                    message.ports = [];
                                message.ports.push(reader.stringVerify());
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.problems && message.problems.length))
                                    message.problems = [];
                                message.problems.push(reader.stringVerify());
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.gni6Prefix = value;
                                else
                                    delete message.gni6Prefix;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Capabilities.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Capabilities)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Capabilities: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Capabilities();
                    if (object.formats) {
                        if (!$Array.isArray(object.formats))
                            throw $TypeError(".weft.control.v1.Capabilities.formats: array expected");
                        message.formats = $Array(object.formats.length);
                        for (let i = 0; i < object.formats.length; ++i)
                            message.formats[i] = $String(object.formats[i]);
                    }
                    if (object.features) {
                        if (!$Array.isArray(object.features))
                            throw $TypeError(".weft.control.v1.Capabilities.features: array expected");
                        message.features = $Array(object.features.length);
                        for (let i = 0; i < object.features.length; ++i)
                            message.features[i] = $String(object.features[i]);
                    }
                    if (object.offloads) {
                        if (!$Array.isArray(object.offloads))
                            throw $TypeError(".weft.control.v1.Capabilities.offloads: array expected");
                        message.offloads = $Array(object.offloads.length);
                        for (let i = 0; i < object.offloads.length; ++i)
                            message.offloads[i] = $String(object.offloads[i]);
                    }
                    if (object.executors) {
                        if (!$Array.isArray(object.executors))
                            throw $TypeError(".weft.control.v1.Capabilities.executors: array expected");
                        message.executors = $Array(object.executors.length);
                        for (let i = 0; i < object.executors.length; ++i)
                            message.executors[i] = $String(object.executors[i]);
                    }
                    if (object.ports) {
                        if (!$Array.isArray(object.ports))
                            throw $TypeError(".weft.control.v1.Capabilities.ports: array expected");
                        message.ports = $Array(object.ports.length);
                        for (let i = 0; i < object.ports.length; ++i)
                            message.ports[i] = $String(object.ports[i]);
                    }
                    if (object.problems) {
                        if (!$Array.isArray(object.problems))
                            throw $TypeError(".weft.control.v1.Capabilities.problems: array expected");
                        message.problems = $Array(object.problems.length);
                        for (let i = 0; i < object.problems.length; ++i)
                            message.problems[i] = $String(object.problems[i]);
                    }
                    if (object.gni6Prefix != null)
                        if (object.gni6Prefix.length)
                            if (typeof object.gni6Prefix === "string")
                                $util.base64.decode(object.gni6Prefix, message.gni6Prefix = $util.newBuffer($util.base64.length(object.gni6Prefix)), 0);
                            else if (object.gni6Prefix.length >= 0)
                                message.gni6Prefix = object.gni6Prefix;
                    return message;
                };

                Capabilities.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults) {
                        object.formats = [];
                        object.features = [];
                        object.offloads = [];
                        object.executors = [];
                        object.ports = [];
                        object.problems = [];
                    }
                    if (options.defaults)
                        if (options.bytes === $String)
                            object.gni6Prefix = "";
                        else {
                            object.gni6Prefix = [];
                            if (options.bytes !== $Array)
                                object.gni6Prefix = $util.newBuffer(object.gni6Prefix);
                        }
                    if (message.formats && message.formats.length) {
                        object.formats = $Array(message.formats.length);
                        for (let j = 0; j < message.formats.length; ++j)
                            object.formats[j] = message.formats[j];
                    }
                    if (message.features && message.features.length) {
                        object.features = $Array(message.features.length);
                        for (let j = 0; j < message.features.length; ++j)
                            object.features[j] = message.features[j];
                    }
                    if (message.offloads && message.offloads.length) {
                        object.offloads = $Array(message.offloads.length);
                        for (let j = 0; j < message.offloads.length; ++j)
                            object.offloads[j] = message.offloads[j];
                    }
                    if (message.executors && message.executors.length) {
                        object.executors = $Array(message.executors.length);
                        for (let j = 0; j < message.executors.length; ++j)
                            object.executors[j] = message.executors[j];
                    }
                    if (message.ports && message.ports.length) {
                        object.ports = $Array(message.ports.length);
                        for (let j = 0; j < message.ports.length; ++j)
                            object.ports[j] = message.ports[j];
                    }
                    if (message.problems && message.problems.length) {
                        object.problems = $Array(message.problems.length);
                        for (let j = 0; j < message.problems.length; ++j)
                            object.problems[j] = message.problems[j];
                    }
                    if (message.gni6Prefix != null && $Object.hasOwnProperty.call(message, "gni6Prefix"))
                        object.gni6Prefix = options.bytes === $String ? $util.base64.encode(message.gni6Prefix, 0, message.gni6Prefix.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.gni6Prefix) : message.gni6Prefix;
                    return object;
                };

                Capabilities.prototype.toJSON = function() {
                    return Capabilities.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Capabilities;
            })();

            v1.GuestStates = (function() {

                const GuestStates = function (properties) {
                    this.guests = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                GuestStates.prototype.guests = $util.emptyArray;

                GuestStates.create = function(properties) {
                    return new GuestStates(properties);
                };

                GuestStates.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.guests != null && message.guests.length)
                        for (let i = 0; i < message.guests.length; ++i)
                            $root.weft.control.v1.GuestState.encode(message.guests[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                GuestStates.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.GuestStates();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.guests && message.guests.length))
                                    message.guests = [];
                                message.guests.push($root.weft.control.v1.GuestState.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                GuestStates.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.GuestStates)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.GuestStates: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.GuestStates();
                    if (object.guests) {
                        if (!$Array.isArray(object.guests))
                            throw $TypeError(".weft.control.v1.GuestStates.guests: array expected");
                        message.guests = $Array(object.guests.length);
                        for (let i = 0; i < object.guests.length; ++i) {
                            if (!$util.isObject(object.guests[i]))
                                throw $TypeError(".weft.control.v1.GuestStates.guests: object expected");
                            message.guests[i] = $root.weft.control.v1.GuestState.fromObject(object.guests[i], _depth + 1);
                        }
                    }
                    return message;
                };

                GuestStates.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.guests = [];
                    if (message.guests && message.guests.length) {
                        object.guests = $Array(message.guests.length);
                        for (let j = 0; j < message.guests.length; ++j)
                            object.guests[j] = $root.weft.control.v1.GuestState.toObject(message.guests[j], options, _depth + 1);
                    }
                    return object;
                };

                GuestStates.prototype.toJSON = function() {
                    return GuestStates.toObject(this, $protobuf.util.toJSONOptions);
                };

                return GuestStates;
            })();

            v1.GuestState = (function() {

                const GuestState = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                GuestState.prototype.guest = "";
                GuestState.prototype.phase = 0;
                GuestState.prototype.detail = "";
                GuestState.prototype.command = null;
                GuestState.prototype.mtu = 0;
                GuestState.prototype.port = "";

                GuestState.create = function(properties) {
                    return new GuestState(properties);
                };

                GuestState.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.guest != null && $Object.hasOwnProperty.call(message, "guest") && message.guest !== "")
                        writer.uint32(10).string(message.guest);
                    if (message.phase != null && $Object.hasOwnProperty.call(message, "phase") && message.phase !== 0)
                        writer.uint32(16).int32(message.phase);
                    if (message.detail != null && $Object.hasOwnProperty.call(message, "detail") && message.detail !== "")
                        writer.uint32(26).string(message.detail);
                    if (message.command != null && $Object.hasOwnProperty.call(message, "command"))
                        $root.weft.control.v1.CommandState.encode(message.command, writer.uint32(34).fork(), _depth + 1).ldelim();
                    if (message.mtu != null && $Object.hasOwnProperty.call(message, "mtu") && message.mtu !== 0)
                        writer.uint32(40).uint32(message.mtu);
                    if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== "")
                        writer.uint32(50).string(message.port);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                GuestState.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.GuestState();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.guest = value;
                                else
                                    delete message.guest;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.phase = value;
                                else
                                    delete message.phase;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.detail = value;
                                else
                                    delete message.detail;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                message.command = $root.weft.control.v1.CommandState.decode(reader, reader.size(), $undefined, _depth + 1, message.command);
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.mtu = value;
                                else
                                    delete message.mtu;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.port = value;
                                else
                                    delete message.port;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                GuestState.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.GuestState)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.GuestState: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.GuestState();
                    if (object.guest != null)
                        if (typeof object.guest !== "string" || object.guest.length)
                            message.guest = $String(object.guest);
                    if (object.phase !== 0 && (typeof object.phase !== "string" || $root.weft.control.v1.GuestState.Phase[object.phase] !== 0))
                        switch (object.phase) {
                        case "UNKNOWN":
                        case 0:
                            message.phase = 0;
                            break;
                        case "PREPARING":
                        case 1:
                            message.phase = 1;
                            break;
                        case "RUNNING":
                        case 2:
                            message.phase = 2;
                            break;
                        case "FAILED":
                        case 3:
                            message.phase = 3;
                            break;
                        case "REMOVED":
                        case 4:
                            message.phase = 4;
                            break;
                        default:
                            if (typeof object.phase === "number" && (object.phase | 0) === object.phase)
                                message.phase = object.phase;
                        }
                    if (object.detail != null)
                        if (typeof object.detail !== "string" || object.detail.length)
                            message.detail = $String(object.detail);
                    if (object.command != null) {
                        if (!$util.isObject(object.command))
                            throw $TypeError(".weft.control.v1.GuestState.command: object expected");
                        message.command = $root.weft.control.v1.CommandState.fromObject(object.command, _depth + 1);
                    }
                    if (object.mtu != null)
                        if ($Number(object.mtu) !== 0)
                            message.mtu = object.mtu >>> 0;
                    if (object.port != null)
                        if (typeof object.port !== "string" || object.port.length)
                            message.port = $String(object.port);
                    return message;
                };

                GuestState.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.guest = "";
                        object.phase = options.enums === $String ? "UNKNOWN" : 0;
                        object.detail = "";
                        object.command = null;
                        object.mtu = 0;
                        object.port = "";
                    }
                    if (message.guest != null && $Object.hasOwnProperty.call(message, "guest"))
                        object.guest = message.guest;
                    if (message.phase != null && $Object.hasOwnProperty.call(message, "phase"))
                        object.phase = options.enums === $String ? $root.weft.control.v1.GuestState.Phase[message.phase] === $undefined ? message.phase : $root.weft.control.v1.GuestState.Phase[message.phase] : message.phase;
                    if (message.detail != null && $Object.hasOwnProperty.call(message, "detail"))
                        object.detail = message.detail;
                    if (message.command != null && $Object.hasOwnProperty.call(message, "command"))
                        object.command = $root.weft.control.v1.CommandState.toObject(message.command, options, _depth + 1);
                    if (message.mtu != null && $Object.hasOwnProperty.call(message, "mtu"))
                        object.mtu = message.mtu;
                    if (message.port != null && $Object.hasOwnProperty.call(message, "port"))
                        object.port = message.port;
                    return object;
                };

                GuestState.prototype.toJSON = function() {
                    return GuestState.toObject(this, $protobuf.util.toJSONOptions);
                };

                GuestState.Phase = (function() {
                    const valuesById = $Object.create(null), values = $Object.create(valuesById);
                    values[valuesById[0] = "UNKNOWN"] = 0;
                    values[valuesById[1] = "PREPARING"] = 1;
                    values[valuesById[2] = "RUNNING"] = 2;
                    values[valuesById[3] = "FAILED"] = 3;
                    values[valuesById[4] = "REMOVED"] = 4;
                    return values;
                })();

                return GuestState;
            })();

            v1.CommandState = (function() {

                const CommandState = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                CommandState.prototype.phase = 0;
                CommandState.prototype.pid = 0;
                CommandState.prototype.exitCode = 0;
                CommandState.prototype.signal = "";

                CommandState.create = function(properties) {
                    return new CommandState(properties);
                };

                CommandState.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.phase != null && $Object.hasOwnProperty.call(message, "phase") && message.phase !== 0)
                        writer.uint32(8).int32(message.phase);
                    if (message.pid != null && $Object.hasOwnProperty.call(message, "pid") && message.pid !== 0)
                        writer.uint32(16).uint32(message.pid);
                    if (message.exitCode != null && $Object.hasOwnProperty.call(message, "exitCode") && message.exitCode !== 0)
                        writer.uint32(24).int32(message.exitCode);
                    if (message.signal != null && $Object.hasOwnProperty.call(message, "signal") && message.signal !== "")
                        writer.uint32(34).string(message.signal);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                CommandState.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.CommandState();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.phase = value;
                                else
                                    delete message.phase;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.pid = value;
                                else
                                    delete message.pid;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.exitCode = value;
                                else
                                    delete message.exitCode;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.signal = value;
                                else
                                    delete message.signal;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                CommandState.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.CommandState)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.CommandState: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.CommandState();
                    if (object.phase !== 0 && (typeof object.phase !== "string" || $root.weft.control.v1.CommandState.Phase[object.phase] !== 0))
                        switch (object.phase) {
                        case "NONE":
                        case 0:
                            message.phase = 0;
                            break;
                        case "RUNNING":
                        case 1:
                            message.phase = 1;
                            break;
                        case "EXITED":
                        case 2:
                            message.phase = 2;
                            break;
                        default:
                            if (typeof object.phase === "number" && (object.phase | 0) === object.phase)
                                message.phase = object.phase;
                        }
                    if (object.pid != null)
                        if ($Number(object.pid) !== 0)
                            message.pid = object.pid >>> 0;
                    if (object.exitCode != null)
                        if ($Number(object.exitCode) !== 0)
                            message.exitCode = object.exitCode | 0;
                    if (object.signal != null)
                        if (typeof object.signal !== "string" || object.signal.length)
                            message.signal = $String(object.signal);
                    return message;
                };

                CommandState.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.phase = options.enums === $String ? "NONE" : 0;
                        object.pid = 0;
                        object.exitCode = 0;
                        object.signal = "";
                    }
                    if (message.phase != null && $Object.hasOwnProperty.call(message, "phase"))
                        object.phase = options.enums === $String ? $root.weft.control.v1.CommandState.Phase[message.phase] === $undefined ? message.phase : $root.weft.control.v1.CommandState.Phase[message.phase] : message.phase;
                    if (message.pid != null && $Object.hasOwnProperty.call(message, "pid"))
                        object.pid = message.pid;
                    if (message.exitCode != null && $Object.hasOwnProperty.call(message, "exitCode"))
                        object.exitCode = message.exitCode;
                    if (message.signal != null && $Object.hasOwnProperty.call(message, "signal"))
                        object.signal = message.signal;
                    return object;
                };

                CommandState.prototype.toJSON = function() {
                    return CommandState.toObject(this, $protobuf.util.toJSONOptions);
                };

                CommandState.Phase = (function() {
                    const valuesById = $Object.create(null), values = $Object.create(valuesById);
                    values[valuesById[0] = "NONE"] = 0;
                    values[valuesById[1] = "RUNNING"] = 1;
                    values[valuesById[2] = "EXITED"] = 2;
                    return values;
                })();

                return CommandState;
            })();

            v1.Events = (function() {

                const Events = function (properties) {
                    this.events = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Events.prototype.events = $util.emptyArray;

                Events.create = function(properties) {
                    return new Events(properties);
                };

                Events.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.events != null && message.events.length)
                        for (let i = 0; i < message.events.length; ++i)
                            $root.weft.control.v1.Event.encode(message.events[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Events.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Events();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.events && message.events.length))
                                    message.events = [];
                                message.events.push($root.weft.control.v1.Event.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Events.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Events)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Events: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Events();
                    if (object.events) {
                        if (!$Array.isArray(object.events))
                            throw $TypeError(".weft.control.v1.Events.events: array expected");
                        message.events = $Array(object.events.length);
                        for (let i = 0; i < object.events.length; ++i) {
                            if (!$util.isObject(object.events[i]))
                                throw $TypeError(".weft.control.v1.Events.events: object expected");
                            message.events[i] = $root.weft.control.v1.Event.fromObject(object.events[i], _depth + 1);
                        }
                    }
                    return message;
                };

                Events.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.events = [];
                    if (message.events && message.events.length) {
                        object.events = $Array(message.events.length);
                        for (let j = 0; j < message.events.length; ++j)
                            object.events[j] = $root.weft.control.v1.Event.toObject(message.events[j], options, _depth + 1);
                    }
                    return object;
                };

                Events.prototype.toJSON = function() {
                    return Events.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Events;
            })();

            v1.Event = (function() {

                const Event = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Event.prototype.timeMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                Event.prototype.code = "";
                Event.prototype.detail = "";

                Event.create = function(properties) {
                    return new Event(properties);
                };

                Event.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.timeMs != null && $Object.hasOwnProperty.call(message, "timeMs") && (typeof message.timeMs === "object" ? message.timeMs.low || message.timeMs.high : message.timeMs !== 0))
                        writer.uint32(8).uint64(message.timeMs);
                    if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                        writer.uint32(18).string(message.code);
                    if (message.detail != null && $Object.hasOwnProperty.call(message, "detail") && message.detail !== "")
                        writer.uint32(26).string(message.detail);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Event.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Event();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.timeMs = value;
                                else
                                    delete message.timeMs;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.code = value;
                                else
                                    delete message.code;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.detail = value;
                                else
                                    delete message.detail;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Event.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Event)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Event: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Event();
                    if (object.timeMs != null)
                        if (typeof object.timeMs === "object" ? object.timeMs.low || object.timeMs.high : $Number(object.timeMs) !== 0)
                            if ($util.Long)
                                message.timeMs = $util.Long.fromValue(object.timeMs, true);
                            else if (typeof object.timeMs === "string")
                                message.timeMs = $parseInt(object.timeMs, 10);
                            else if (typeof object.timeMs === "number")
                                message.timeMs = object.timeMs;
                            else if (typeof object.timeMs === "object")
                                message.timeMs = new $util.LongBits(object.timeMs.low >>> 0, object.timeMs.high >>> 0).toNumber(true);
                    if (object.code != null)
                        if (typeof object.code !== "string" || object.code.length)
                            message.code = $String(object.code);
                    if (object.detail != null)
                        if (typeof object.detail !== "string" || object.detail.length)
                            message.detail = $String(object.detail);
                    return message;
                };

                Event.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.timeMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.timeMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        object.code = "";
                        object.detail = "";
                    }
                    if (message.timeMs != null && $Object.hasOwnProperty.call(message, "timeMs"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.timeMs = typeof message.timeMs === "number" ? $BigInt(message.timeMs) : $util.Long.fromBits(message.timeMs.low >>> 0, message.timeMs.high >>> 0, true).toBigInt();
                        else if (typeof message.timeMs === "number")
                            object.timeMs = options.longs === $String ? $String(message.timeMs) : message.timeMs;
                        else
                            object.timeMs = options.longs === $String ? $util.Long.prototype.toString.call(message.timeMs) : options.longs === $Number ? new $util.LongBits(message.timeMs.low >>> 0, message.timeMs.high >>> 0).toNumber(true) : message.timeMs;
                    if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                        object.code = message.code;
                    if (message.detail != null && $Object.hasOwnProperty.call(message, "detail"))
                        object.detail = message.detail;
                    return object;
                };

                Event.prototype.toJSON = function() {
                    return Event.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Event;
            })();

            v1.Subscribe = (function() {

                const Subscribe = function (properties) {
                    this.wanted = [];
                    this.unwanted = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Subscribe.prototype.wanted = $util.emptyArray;
                Subscribe.prototype.unwanted = $util.emptyArray;

                Subscribe.create = function(properties) {
                    return new Subscribe(properties);
                };

                Subscribe.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.wanted != null && message.wanted.length)
                        for (let i = 0; i < message.wanted.length; ++i)
                            $root.weft.control.v1.MappingName.encode(message.wanted[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                    if (message.unwanted != null && message.unwanted.length)
                        for (let i = 0; i < message.unwanted.length; ++i)
                            $root.weft.control.v1.MappingName.encode(message.unwanted[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Subscribe.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Subscribe();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.wanted && message.wanted.length))
                                    message.wanted = [];
                                message.wanted.push($root.weft.control.v1.MappingName.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.unwanted && message.unwanted.length))
                                    message.unwanted = [];
                                message.unwanted.push($root.weft.control.v1.MappingName.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Subscribe.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Subscribe)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Subscribe: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Subscribe();
                    if (object.wanted) {
                        if (!$Array.isArray(object.wanted))
                            throw $TypeError(".weft.control.v1.Subscribe.wanted: array expected");
                        message.wanted = $Array(object.wanted.length);
                        for (let i = 0; i < object.wanted.length; ++i) {
                            if (!$util.isObject(object.wanted[i]))
                                throw $TypeError(".weft.control.v1.Subscribe.wanted: object expected");
                            message.wanted[i] = $root.weft.control.v1.MappingName.fromObject(object.wanted[i], _depth + 1);
                        }
                    }
                    if (object.unwanted) {
                        if (!$Array.isArray(object.unwanted))
                            throw $TypeError(".weft.control.v1.Subscribe.unwanted: array expected");
                        message.unwanted = $Array(object.unwanted.length);
                        for (let i = 0; i < object.unwanted.length; ++i) {
                            if (!$util.isObject(object.unwanted[i]))
                                throw $TypeError(".weft.control.v1.Subscribe.unwanted: object expected");
                            message.unwanted[i] = $root.weft.control.v1.MappingName.fromObject(object.unwanted[i], _depth + 1);
                        }
                    }
                    return message;
                };

                Subscribe.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults) {
                        object.wanted = [];
                        object.unwanted = [];
                    }
                    if (message.wanted && message.wanted.length) {
                        object.wanted = $Array(message.wanted.length);
                        for (let j = 0; j < message.wanted.length; ++j)
                            object.wanted[j] = $root.weft.control.v1.MappingName.toObject(message.wanted[j], options, _depth + 1);
                    }
                    if (message.unwanted && message.unwanted.length) {
                        object.unwanted = $Array(message.unwanted.length);
                        for (let j = 0; j < message.unwanted.length; ++j)
                            object.unwanted[j] = $root.weft.control.v1.MappingName.toObject(message.unwanted[j], options, _depth + 1);
                    }
                    return object;
                };

                Subscribe.prototype.toJSON = function() {
                    return Subscribe.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Subscribe;
            })();

            v1.Acknowledge = (function() {

                const Acknowledge = function (properties) {
                    this.refused = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Acknowledge.prototype.update = 0;
                Acknowledge.prototype.refused = $util.emptyArray;

                Acknowledge.create = function(properties) {
                    return new Acknowledge(properties);
                };

                Acknowledge.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.update != null && $Object.hasOwnProperty.call(message, "update") && message.update !== 0)
                        writer.uint32(8).uint32(message.update);
                    if (message.refused != null && message.refused.length)
                        for (let i = 0; i < message.refused.length; ++i)
                            $root.weft.control.v1.Refusal.encode(message.refused[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Acknowledge.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Acknowledge();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.update = value;
                                else
                                    delete message.update;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.refused && message.refused.length))
                                    message.refused = [];
                                message.refused.push($root.weft.control.v1.Refusal.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Acknowledge.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Acknowledge)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Acknowledge: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Acknowledge();
                    if (object.update != null)
                        if ($Number(object.update) !== 0)
                            message.update = object.update >>> 0;
                    if (object.refused) {
                        if (!$Array.isArray(object.refused))
                            throw $TypeError(".weft.control.v1.Acknowledge.refused: array expected");
                        message.refused = $Array(object.refused.length);
                        for (let i = 0; i < object.refused.length; ++i) {
                            if (!$util.isObject(object.refused[i]))
                                throw $TypeError(".weft.control.v1.Acknowledge.refused: object expected");
                            message.refused[i] = $root.weft.control.v1.Refusal.fromObject(object.refused[i], _depth + 1);
                        }
                    }
                    return message;
                };

                Acknowledge.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.refused = [];
                    if (options.defaults)
                        object.update = 0;
                    if (message.update != null && $Object.hasOwnProperty.call(message, "update"))
                        object.update = message.update;
                    if (message.refused && message.refused.length) {
                        object.refused = $Array(message.refused.length);
                        for (let j = 0; j < message.refused.length; ++j)
                            object.refused[j] = $root.weft.control.v1.Refusal.toObject(message.refused[j], options, _depth + 1);
                    }
                    return object;
                };

                Acknowledge.prototype.toJSON = function() {
                    return Acknowledge.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Acknowledge;
            })();

            v1.Refusal = (function() {

                const Refusal = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Refusal.prototype.name = null;
                Refusal.prototype.reason = "";

                Refusal.create = function(properties) {
                    return new Refusal(properties);
                };

                Refusal.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                        $root.weft.control.v1.ResourceName.encode(message.name, writer.uint32(10).fork(), _depth + 1).ldelim();
                    if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                        writer.uint32(18).string(message.reason);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Refusal.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Refusal();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                message.name = $root.weft.control.v1.ResourceName.decode(reader, reader.size(), $undefined, _depth + 1, message.name);
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.reason = value;
                                else
                                    delete message.reason;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Refusal.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Refusal)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Refusal: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Refusal();
                    if (object.name != null) {
                        if (!$util.isObject(object.name))
                            throw $TypeError(".weft.control.v1.Refusal.name: object expected");
                        message.name = $root.weft.control.v1.ResourceName.fromObject(object.name, _depth + 1);
                    }
                    if (object.reason != null)
                        if (typeof object.reason !== "string" || object.reason.length)
                            message.reason = $String(object.reason);
                    return message;
                };

                Refusal.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.name = null;
                        object.reason = "";
                    }
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                        object.name = $root.weft.control.v1.ResourceName.toObject(message.name, options, _depth + 1);
                    if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                        object.reason = message.reason;
                    return object;
                };

                Refusal.prototype.toJSON = function() {
                    return Refusal.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Refusal;
            })();

            v1.Measurements = (function() {

                const Measurements = function (properties) {
                    this.paths = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Measurements.prototype.paths = $util.emptyArray;

                Measurements.create = function(properties) {
                    return new Measurements(properties);
                };

                Measurements.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.paths != null && message.paths.length)
                        for (let i = 0; i < message.paths.length; ++i)
                            $root.weft.control.v1.PathMeasurement.encode(message.paths[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Measurements.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Measurements();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.paths && message.paths.length))
                                    message.paths = [];
                                message.paths.push($root.weft.control.v1.PathMeasurement.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Measurements.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Measurements)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Measurements: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Measurements();
                    if (object.paths) {
                        if (!$Array.isArray(object.paths))
                            throw $TypeError(".weft.control.v1.Measurements.paths: array expected");
                        message.paths = $Array(object.paths.length);
                        for (let i = 0; i < object.paths.length; ++i) {
                            if (!$util.isObject(object.paths[i]))
                                throw $TypeError(".weft.control.v1.Measurements.paths: object expected");
                            message.paths[i] = $root.weft.control.v1.PathMeasurement.fromObject(object.paths[i], _depth + 1);
                        }
                    }
                    return message;
                };

                Measurements.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.paths = [];
                    if (message.paths && message.paths.length) {
                        object.paths = $Array(message.paths.length);
                        for (let j = 0; j < message.paths.length; ++j)
                            object.paths[j] = $root.weft.control.v1.PathMeasurement.toObject(message.paths[j], options, _depth + 1);
                    }
                    return object;
                };

                Measurements.prototype.toJSON = function() {
                    return Measurements.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Measurements;
            })();

            v1.PathMeasurement = (function() {

                const PathMeasurement = function (properties) {
                    this.findings = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                PathMeasurement.prototype.peer = "";
                PathMeasurement.prototype.address = $util.newBuffer([]);
                PathMeasurement.prototype.pathMtu = 0;
                PathMeasurement.prototype.roundTripUs = 0;
                PathMeasurement.prototype.lostPercent = 0;
                PathMeasurement.prototype.packetsOut = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                PathMeasurement.prototype.bytesOut = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                PathMeasurement.prototype.packetsIn = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                PathMeasurement.prototype.bytesIn = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                PathMeasurement.prototype.drops = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                PathMeasurement.prototype.findings = $util.emptyArray;
                PathMeasurement.prototype.testedMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                PathMeasurement.create = function(properties) {
                    return new PathMeasurement(properties);
                };

                PathMeasurement.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.peer != null && $Object.hasOwnProperty.call(message, "peer") && message.peer !== "")
                        writer.uint32(10).string(message.peer);
                    if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address.length)
                        writer.uint32(18).bytes(message.address);
                    if (message.pathMtu != null && $Object.hasOwnProperty.call(message, "pathMtu") && message.pathMtu !== 0)
                        writer.uint32(24).uint32(message.pathMtu);
                    if (message.roundTripUs != null && $Object.hasOwnProperty.call(message, "roundTripUs") && message.roundTripUs !== 0)
                        writer.uint32(32).uint32(message.roundTripUs);
                    if (message.lostPercent != null && $Object.hasOwnProperty.call(message, "lostPercent") && message.lostPercent !== 0)
                        writer.uint32(40).uint32(message.lostPercent);
                    if (message.packetsOut != null && $Object.hasOwnProperty.call(message, "packetsOut") && (typeof message.packetsOut === "object" ? message.packetsOut.low || message.packetsOut.high : message.packetsOut !== 0))
                        writer.uint32(48).uint64(message.packetsOut);
                    if (message.bytesOut != null && $Object.hasOwnProperty.call(message, "bytesOut") && (typeof message.bytesOut === "object" ? message.bytesOut.low || message.bytesOut.high : message.bytesOut !== 0))
                        writer.uint32(56).uint64(message.bytesOut);
                    if (message.packetsIn != null && $Object.hasOwnProperty.call(message, "packetsIn") && (typeof message.packetsIn === "object" ? message.packetsIn.low || message.packetsIn.high : message.packetsIn !== 0))
                        writer.uint32(64).uint64(message.packetsIn);
                    if (message.bytesIn != null && $Object.hasOwnProperty.call(message, "bytesIn") && (typeof message.bytesIn === "object" ? message.bytesIn.low || message.bytesIn.high : message.bytesIn !== 0))
                        writer.uint32(72).uint64(message.bytesIn);
                    if (message.drops != null && $Object.hasOwnProperty.call(message, "drops") && (typeof message.drops === "object" ? message.drops.low || message.drops.high : message.drops !== 0))
                        writer.uint32(80).uint64(message.drops);
                    if (message.findings != null && message.findings.length)
                        for (let i = 0; i < message.findings.length; ++i)
                            writer.uint32(90).string(message.findings[i]);
                    if (message.testedMs != null && $Object.hasOwnProperty.call(message, "testedMs") && (typeof message.testedMs === "object" ? message.testedMs.low || message.testedMs.high : message.testedMs !== 0))
                        writer.uint32(96).uint64(message.testedMs);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                PathMeasurement.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.PathMeasurement();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.peer = value;
                                else
                                    delete message.peer;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.address = value;
                                else
                                    delete message.address;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.pathMtu = value;
                                else
                                    delete message.pathMtu;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.roundTripUs = value;
                                else
                                    delete message.roundTripUs;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.lostPercent = value;
                                else
                                    delete message.lostPercent;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.packetsOut = value;
                                else
                                    delete message.packetsOut;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytesOut = value;
                                else
                                    delete message.bytesOut;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.packetsIn = value;
                                else
                                    delete message.packetsIn;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bytesIn = value;
                                else
                                    delete message.bytesIn;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.drops = value;
                                else
                                    delete message.drops;
                                continue;
                            }
                        case 11: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.findings && message.findings.length))
                                    message.findings = [];
                                message.findings.push(reader.stringVerify());
                                continue;
                            }
                        case 12: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.testedMs = value;
                                else
                                    delete message.testedMs;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                PathMeasurement.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.PathMeasurement)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.PathMeasurement: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.PathMeasurement();
                    if (object.peer != null)
                        if (typeof object.peer !== "string" || object.peer.length)
                            message.peer = $String(object.peer);
                    if (object.address != null)
                        if (object.address.length)
                            if (typeof object.address === "string")
                                $util.base64.decode(object.address, message.address = $util.newBuffer($util.base64.length(object.address)), 0);
                            else if (object.address.length >= 0)
                                message.address = object.address;
                    if (object.pathMtu != null)
                        if ($Number(object.pathMtu) !== 0)
                            message.pathMtu = object.pathMtu >>> 0;
                    if (object.roundTripUs != null)
                        if ($Number(object.roundTripUs) !== 0)
                            message.roundTripUs = object.roundTripUs >>> 0;
                    if (object.lostPercent != null)
                        if ($Number(object.lostPercent) !== 0)
                            message.lostPercent = object.lostPercent >>> 0;
                    if (object.packetsOut != null)
                        if (typeof object.packetsOut === "object" ? object.packetsOut.low || object.packetsOut.high : $Number(object.packetsOut) !== 0)
                            if ($util.Long)
                                message.packetsOut = $util.Long.fromValue(object.packetsOut, true);
                            else if (typeof object.packetsOut === "string")
                                message.packetsOut = $parseInt(object.packetsOut, 10);
                            else if (typeof object.packetsOut === "number")
                                message.packetsOut = object.packetsOut;
                            else if (typeof object.packetsOut === "object")
                                message.packetsOut = new $util.LongBits(object.packetsOut.low >>> 0, object.packetsOut.high >>> 0).toNumber(true);
                    if (object.bytesOut != null)
                        if (typeof object.bytesOut === "object" ? object.bytesOut.low || object.bytesOut.high : $Number(object.bytesOut) !== 0)
                            if ($util.Long)
                                message.bytesOut = $util.Long.fromValue(object.bytesOut, true);
                            else if (typeof object.bytesOut === "string")
                                message.bytesOut = $parseInt(object.bytesOut, 10);
                            else if (typeof object.bytesOut === "number")
                                message.bytesOut = object.bytesOut;
                            else if (typeof object.bytesOut === "object")
                                message.bytesOut = new $util.LongBits(object.bytesOut.low >>> 0, object.bytesOut.high >>> 0).toNumber(true);
                    if (object.packetsIn != null)
                        if (typeof object.packetsIn === "object" ? object.packetsIn.low || object.packetsIn.high : $Number(object.packetsIn) !== 0)
                            if ($util.Long)
                                message.packetsIn = $util.Long.fromValue(object.packetsIn, true);
                            else if (typeof object.packetsIn === "string")
                                message.packetsIn = $parseInt(object.packetsIn, 10);
                            else if (typeof object.packetsIn === "number")
                                message.packetsIn = object.packetsIn;
                            else if (typeof object.packetsIn === "object")
                                message.packetsIn = new $util.LongBits(object.packetsIn.low >>> 0, object.packetsIn.high >>> 0).toNumber(true);
                    if (object.bytesIn != null)
                        if (typeof object.bytesIn === "object" ? object.bytesIn.low || object.bytesIn.high : $Number(object.bytesIn) !== 0)
                            if ($util.Long)
                                message.bytesIn = $util.Long.fromValue(object.bytesIn, true);
                            else if (typeof object.bytesIn === "string")
                                message.bytesIn = $parseInt(object.bytesIn, 10);
                            else if (typeof object.bytesIn === "number")
                                message.bytesIn = object.bytesIn;
                            else if (typeof object.bytesIn === "object")
                                message.bytesIn = new $util.LongBits(object.bytesIn.low >>> 0, object.bytesIn.high >>> 0).toNumber(true);
                    if (object.drops != null)
                        if (typeof object.drops === "object" ? object.drops.low || object.drops.high : $Number(object.drops) !== 0)
                            if ($util.Long)
                                message.drops = $util.Long.fromValue(object.drops, true);
                            else if (typeof object.drops === "string")
                                message.drops = $parseInt(object.drops, 10);
                            else if (typeof object.drops === "number")
                                message.drops = object.drops;
                            else if (typeof object.drops === "object")
                                message.drops = new $util.LongBits(object.drops.low >>> 0, object.drops.high >>> 0).toNumber(true);
                    if (object.findings) {
                        if (!$Array.isArray(object.findings))
                            throw $TypeError(".weft.control.v1.PathMeasurement.findings: array expected");
                        message.findings = $Array(object.findings.length);
                        for (let i = 0; i < object.findings.length; ++i)
                            message.findings[i] = $String(object.findings[i]);
                    }
                    if (object.testedMs != null)
                        if (typeof object.testedMs === "object" ? object.testedMs.low || object.testedMs.high : $Number(object.testedMs) !== 0)
                            if ($util.Long)
                                message.testedMs = $util.Long.fromValue(object.testedMs, true);
                            else if (typeof object.testedMs === "string")
                                message.testedMs = $parseInt(object.testedMs, 10);
                            else if (typeof object.testedMs === "number")
                                message.testedMs = object.testedMs;
                            else if (typeof object.testedMs === "object")
                                message.testedMs = new $util.LongBits(object.testedMs.low >>> 0, object.testedMs.high >>> 0).toNumber(true);
                    return message;
                };

                PathMeasurement.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.findings = [];
                    if (options.defaults) {
                        object.peer = "";
                        if (options.bytes === $String)
                            object.address = "";
                        else {
                            object.address = [];
                            if (options.bytes !== $Array)
                                object.address = $util.newBuffer(object.address);
                        }
                        object.pathMtu = 0;
                        object.roundTripUs = 0;
                        object.lostPercent = 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.packetsOut = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.packetsOut = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.bytesOut = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.bytesOut = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.packetsIn = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.packetsIn = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.bytesIn = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.bytesIn = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.drops = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.drops = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.testedMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.testedMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    }
                    if (message.peer != null && $Object.hasOwnProperty.call(message, "peer"))
                        object.peer = message.peer;
                    if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                        object.address = options.bytes === $String ? $util.base64.encode(message.address, 0, message.address.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.address) : message.address;
                    if (message.pathMtu != null && $Object.hasOwnProperty.call(message, "pathMtu"))
                        object.pathMtu = message.pathMtu;
                    if (message.roundTripUs != null && $Object.hasOwnProperty.call(message, "roundTripUs"))
                        object.roundTripUs = message.roundTripUs;
                    if (message.lostPercent != null && $Object.hasOwnProperty.call(message, "lostPercent"))
                        object.lostPercent = message.lostPercent;
                    if (message.packetsOut != null && $Object.hasOwnProperty.call(message, "packetsOut"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.packetsOut = typeof message.packetsOut === "number" ? $BigInt(message.packetsOut) : $util.Long.fromBits(message.packetsOut.low >>> 0, message.packetsOut.high >>> 0, true).toBigInt();
                        else if (typeof message.packetsOut === "number")
                            object.packetsOut = options.longs === $String ? $String(message.packetsOut) : message.packetsOut;
                        else
                            object.packetsOut = options.longs === $String ? $util.Long.prototype.toString.call(message.packetsOut) : options.longs === $Number ? new $util.LongBits(message.packetsOut.low >>> 0, message.packetsOut.high >>> 0).toNumber(true) : message.packetsOut;
                    if (message.bytesOut != null && $Object.hasOwnProperty.call(message, "bytesOut"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.bytesOut = typeof message.bytesOut === "number" ? $BigInt(message.bytesOut) : $util.Long.fromBits(message.bytesOut.low >>> 0, message.bytesOut.high >>> 0, true).toBigInt();
                        else if (typeof message.bytesOut === "number")
                            object.bytesOut = options.longs === $String ? $String(message.bytesOut) : message.bytesOut;
                        else
                            object.bytesOut = options.longs === $String ? $util.Long.prototype.toString.call(message.bytesOut) : options.longs === $Number ? new $util.LongBits(message.bytesOut.low >>> 0, message.bytesOut.high >>> 0).toNumber(true) : message.bytesOut;
                    if (message.packetsIn != null && $Object.hasOwnProperty.call(message, "packetsIn"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.packetsIn = typeof message.packetsIn === "number" ? $BigInt(message.packetsIn) : $util.Long.fromBits(message.packetsIn.low >>> 0, message.packetsIn.high >>> 0, true).toBigInt();
                        else if (typeof message.packetsIn === "number")
                            object.packetsIn = options.longs === $String ? $String(message.packetsIn) : message.packetsIn;
                        else
                            object.packetsIn = options.longs === $String ? $util.Long.prototype.toString.call(message.packetsIn) : options.longs === $Number ? new $util.LongBits(message.packetsIn.low >>> 0, message.packetsIn.high >>> 0).toNumber(true) : message.packetsIn;
                    if (message.bytesIn != null && $Object.hasOwnProperty.call(message, "bytesIn"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.bytesIn = typeof message.bytesIn === "number" ? $BigInt(message.bytesIn) : $util.Long.fromBits(message.bytesIn.low >>> 0, message.bytesIn.high >>> 0, true).toBigInt();
                        else if (typeof message.bytesIn === "number")
                            object.bytesIn = options.longs === $String ? $String(message.bytesIn) : message.bytesIn;
                        else
                            object.bytesIn = options.longs === $String ? $util.Long.prototype.toString.call(message.bytesIn) : options.longs === $Number ? new $util.LongBits(message.bytesIn.low >>> 0, message.bytesIn.high >>> 0).toNumber(true) : message.bytesIn;
                    if (message.drops != null && $Object.hasOwnProperty.call(message, "drops"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.drops = typeof message.drops === "number" ? $BigInt(message.drops) : $util.Long.fromBits(message.drops.low >>> 0, message.drops.high >>> 0, true).toBigInt();
                        else if (typeof message.drops === "number")
                            object.drops = options.longs === $String ? $String(message.drops) : message.drops;
                        else
                            object.drops = options.longs === $String ? $util.Long.prototype.toString.call(message.drops) : options.longs === $Number ? new $util.LongBits(message.drops.low >>> 0, message.drops.high >>> 0).toNumber(true) : message.drops;
                    if (message.findings && message.findings.length) {
                        object.findings = $Array(message.findings.length);
                        for (let j = 0; j < message.findings.length; ++j)
                            object.findings[j] = message.findings[j];
                    }
                    if (message.testedMs != null && $Object.hasOwnProperty.call(message, "testedMs"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.testedMs = typeof message.testedMs === "number" ? $BigInt(message.testedMs) : $util.Long.fromBits(message.testedMs.low >>> 0, message.testedMs.high >>> 0, true).toBigInt();
                        else if (typeof message.testedMs === "number")
                            object.testedMs = options.longs === $String ? $String(message.testedMs) : message.testedMs;
                        else
                            object.testedMs = options.longs === $String ? $util.Long.prototype.toString.call(message.testedMs) : options.longs === $Number ? new $util.LongBits(message.testedMs.low >>> 0, message.testedMs.high >>> 0).toNumber(true) : message.testedMs;
                    return object;
                };

                PathMeasurement.prototype.toJSON = function() {
                    return PathMeasurement.toObject(this, $protobuf.util.toJSONOptions);
                };

                return PathMeasurement;
            })();

            v1.Traced = (function() {

                const Traced = function (properties) {
                    this.steps = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Traced.prototype.trace = 0;
                Traced.prototype.steps = $util.emptyArray;
                Traced.prototype.last = false;
                Traced.prototype.problem = "";
                Traced.prototype.answeredUs = 0;

                Traced.create = function(properties) {
                    return new Traced(properties);
                };

                Traced.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.trace != null && $Object.hasOwnProperty.call(message, "trace") && message.trace !== 0)
                        writer.uint32(8).uint32(message.trace);
                    if (message.steps != null && message.steps.length)
                        for (let i = 0; i < message.steps.length; ++i)
                            $root.weft.control.v1.TraceStep.encode(message.steps[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                    if (message.last != null && $Object.hasOwnProperty.call(message, "last") && message.last !== false)
                        writer.uint32(24).bool(message.last);
                    if (message.problem != null && $Object.hasOwnProperty.call(message, "problem") && message.problem !== "")
                        writer.uint32(34).string(message.problem);
                    if (message.answeredUs != null && $Object.hasOwnProperty.call(message, "answeredUs") && message.answeredUs !== 0)
                        writer.uint32(40).uint32(message.answeredUs);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Traced.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Traced();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.trace = value;
                                else
                                    delete message.trace;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.steps && message.steps.length))
                                    message.steps = [];
                                message.steps.push($root.weft.control.v1.TraceStep.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.last = value;
                                else
                                    delete message.last;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.problem = value;
                                else
                                    delete message.problem;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.answeredUs = value;
                                else
                                    delete message.answeredUs;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Traced.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Traced)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Traced: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Traced();
                    if (object.trace != null)
                        if ($Number(object.trace) !== 0)
                            message.trace = object.trace >>> 0;
                    if (object.steps) {
                        if (!$Array.isArray(object.steps))
                            throw $TypeError(".weft.control.v1.Traced.steps: array expected");
                        message.steps = $Array(object.steps.length);
                        for (let i = 0; i < object.steps.length; ++i) {
                            if (!$util.isObject(object.steps[i]))
                                throw $TypeError(".weft.control.v1.Traced.steps: object expected");
                            message.steps[i] = $root.weft.control.v1.TraceStep.fromObject(object.steps[i], _depth + 1);
                        }
                    }
                    if (object.last != null)
                        if (object.last)
                            message.last = $Boolean(object.last);
                    if (object.problem != null)
                        if (typeof object.problem !== "string" || object.problem.length)
                            message.problem = $String(object.problem);
                    if (object.answeredUs != null)
                        if ($Number(object.answeredUs) !== 0)
                            message.answeredUs = object.answeredUs >>> 0;
                    return message;
                };

                Traced.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.steps = [];
                    if (options.defaults) {
                        object.trace = 0;
                        object.last = false;
                        object.problem = "";
                        object.answeredUs = 0;
                    }
                    if (message.trace != null && $Object.hasOwnProperty.call(message, "trace"))
                        object.trace = message.trace;
                    if (message.steps && message.steps.length) {
                        object.steps = $Array(message.steps.length);
                        for (let j = 0; j < message.steps.length; ++j)
                            object.steps[j] = $root.weft.control.v1.TraceStep.toObject(message.steps[j], options, _depth + 1);
                    }
                    if (message.last != null && $Object.hasOwnProperty.call(message, "last"))
                        object.last = message.last;
                    if (message.problem != null && $Object.hasOwnProperty.call(message, "problem"))
                        object.problem = message.problem;
                    if (message.answeredUs != null && $Object.hasOwnProperty.call(message, "answeredUs"))
                        object.answeredUs = message.answeredUs;
                    return object;
                };

                Traced.prototype.toJSON = function() {
                    return Traced.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Traced;
            })();

            v1.TraceStep = (function() {

                const TraceStep = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                TraceStep.prototype.timeUs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                TraceStep.prototype.executor = "";
                TraceStep.prototype.program = "";
                TraceStep.prototype.side = "";
                TraceStep.prototype.verdict = "";
                TraceStep.prototype.reason = "";
                TraceStep.prototype.device = "";
                TraceStep.prototype.leftBy = "";
                TraceStep.prototype.guest = "";
                TraceStep.prototype.peer = "";
                TraceStep.prototype.encapsulation = "";
                TraceStep.prototype.mapping = "";
                TraceStep.prototype.length = 0;
                TraceStep.prototype.generation = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                TraceStep.prototype.outer = "";

                TraceStep.create = function(properties) {
                    return new TraceStep(properties);
                };

                TraceStep.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.timeUs != null && $Object.hasOwnProperty.call(message, "timeUs") && (typeof message.timeUs === "object" ? message.timeUs.low || message.timeUs.high : message.timeUs !== 0))
                        writer.uint32(8).uint64(message.timeUs);
                    if (message.executor != null && $Object.hasOwnProperty.call(message, "executor") && message.executor !== "")
                        writer.uint32(18).string(message.executor);
                    if (message.program != null && $Object.hasOwnProperty.call(message, "program") && message.program !== "")
                        writer.uint32(26).string(message.program);
                    if (message.side != null && $Object.hasOwnProperty.call(message, "side") && message.side !== "")
                        writer.uint32(34).string(message.side);
                    if (message.verdict != null && $Object.hasOwnProperty.call(message, "verdict") && message.verdict !== "")
                        writer.uint32(42).string(message.verdict);
                    if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                        writer.uint32(50).string(message.reason);
                    if (message.device != null && $Object.hasOwnProperty.call(message, "device") && message.device !== "")
                        writer.uint32(58).string(message.device);
                    if (message.leftBy != null && $Object.hasOwnProperty.call(message, "leftBy") && message.leftBy !== "")
                        writer.uint32(66).string(message.leftBy);
                    if (message.guest != null && $Object.hasOwnProperty.call(message, "guest") && message.guest !== "")
                        writer.uint32(74).string(message.guest);
                    if (message.peer != null && $Object.hasOwnProperty.call(message, "peer") && message.peer !== "")
                        writer.uint32(82).string(message.peer);
                    if (message.encapsulation != null && $Object.hasOwnProperty.call(message, "encapsulation") && message.encapsulation !== "")
                        writer.uint32(90).string(message.encapsulation);
                    if (message.mapping != null && $Object.hasOwnProperty.call(message, "mapping") && message.mapping !== "")
                        writer.uint32(98).string(message.mapping);
                    if (message.length != null && $Object.hasOwnProperty.call(message, "length") && message.length !== 0)
                        writer.uint32(104).uint32(message.length);
                    if (message.generation != null && $Object.hasOwnProperty.call(message, "generation") && (typeof message.generation === "object" ? message.generation.low || message.generation.high : message.generation !== 0))
                        writer.uint32(112).uint64(message.generation);
                    if (message.outer != null && $Object.hasOwnProperty.call(message, "outer") && message.outer !== "")
                        writer.uint32(122).string(message.outer);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                TraceStep.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.TraceStep();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.timeUs = value;
                                else
                                    delete message.timeUs;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.executor = value;
                                else
                                    delete message.executor;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.program = value;
                                else
                                    delete message.program;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.side = value;
                                else
                                    delete message.side;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.verdict = value;
                                else
                                    delete message.verdict;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.reason = value;
                                else
                                    delete message.reason;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.device = value;
                                else
                                    delete message.device;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.leftBy = value;
                                else
                                    delete message.leftBy;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.guest = value;
                                else
                                    delete message.guest;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.peer = value;
                                else
                                    delete message.peer;
                                continue;
                            }
                        case 11: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.encapsulation = value;
                                else
                                    delete message.encapsulation;
                                continue;
                            }
                        case 12: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.mapping = value;
                                else
                                    delete message.mapping;
                                continue;
                            }
                        case 13: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.length = value;
                                else
                                    delete message.length;
                                continue;
                            }
                        case 14: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.generation = value;
                                else
                                    delete message.generation;
                                continue;
                            }
                        case 15: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.outer = value;
                                else
                                    delete message.outer;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                TraceStep.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.TraceStep)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.TraceStep: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.TraceStep();
                    if (object.timeUs != null)
                        if (typeof object.timeUs === "object" ? object.timeUs.low || object.timeUs.high : $Number(object.timeUs) !== 0)
                            if ($util.Long)
                                message.timeUs = $util.Long.fromValue(object.timeUs, true);
                            else if (typeof object.timeUs === "string")
                                message.timeUs = $parseInt(object.timeUs, 10);
                            else if (typeof object.timeUs === "number")
                                message.timeUs = object.timeUs;
                            else if (typeof object.timeUs === "object")
                                message.timeUs = new $util.LongBits(object.timeUs.low >>> 0, object.timeUs.high >>> 0).toNumber(true);
                    if (object.executor != null)
                        if (typeof object.executor !== "string" || object.executor.length)
                            message.executor = $String(object.executor);
                    if (object.program != null)
                        if (typeof object.program !== "string" || object.program.length)
                            message.program = $String(object.program);
                    if (object.side != null)
                        if (typeof object.side !== "string" || object.side.length)
                            message.side = $String(object.side);
                    if (object.verdict != null)
                        if (typeof object.verdict !== "string" || object.verdict.length)
                            message.verdict = $String(object.verdict);
                    if (object.reason != null)
                        if (typeof object.reason !== "string" || object.reason.length)
                            message.reason = $String(object.reason);
                    if (object.device != null)
                        if (typeof object.device !== "string" || object.device.length)
                            message.device = $String(object.device);
                    if (object.leftBy != null)
                        if (typeof object.leftBy !== "string" || object.leftBy.length)
                            message.leftBy = $String(object.leftBy);
                    if (object.guest != null)
                        if (typeof object.guest !== "string" || object.guest.length)
                            message.guest = $String(object.guest);
                    if (object.peer != null)
                        if (typeof object.peer !== "string" || object.peer.length)
                            message.peer = $String(object.peer);
                    if (object.encapsulation != null)
                        if (typeof object.encapsulation !== "string" || object.encapsulation.length)
                            message.encapsulation = $String(object.encapsulation);
                    if (object.mapping != null)
                        if (typeof object.mapping !== "string" || object.mapping.length)
                            message.mapping = $String(object.mapping);
                    if (object.length != null)
                        if ($Number(object.length) !== 0)
                            message.length = object.length >>> 0;
                    if (object.generation != null)
                        if (typeof object.generation === "object" ? object.generation.low || object.generation.high : $Number(object.generation) !== 0)
                            if ($util.Long)
                                message.generation = $util.Long.fromValue(object.generation, true);
                            else if (typeof object.generation === "string")
                                message.generation = $parseInt(object.generation, 10);
                            else if (typeof object.generation === "number")
                                message.generation = object.generation;
                            else if (typeof object.generation === "object")
                                message.generation = new $util.LongBits(object.generation.low >>> 0, object.generation.high >>> 0).toNumber(true);
                    if (object.outer != null)
                        if (typeof object.outer !== "string" || object.outer.length)
                            message.outer = $String(object.outer);
                    return message;
                };

                TraceStep.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.timeUs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.timeUs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        object.executor = "";
                        object.program = "";
                        object.side = "";
                        object.verdict = "";
                        object.reason = "";
                        object.device = "";
                        object.leftBy = "";
                        object.guest = "";
                        object.peer = "";
                        object.encapsulation = "";
                        object.mapping = "";
                        object.length = 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.generation = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.generation = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        object.outer = "";
                    }
                    if (message.timeUs != null && $Object.hasOwnProperty.call(message, "timeUs"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.timeUs = typeof message.timeUs === "number" ? $BigInt(message.timeUs) : $util.Long.fromBits(message.timeUs.low >>> 0, message.timeUs.high >>> 0, true).toBigInt();
                        else if (typeof message.timeUs === "number")
                            object.timeUs = options.longs === $String ? $String(message.timeUs) : message.timeUs;
                        else
                            object.timeUs = options.longs === $String ? $util.Long.prototype.toString.call(message.timeUs) : options.longs === $Number ? new $util.LongBits(message.timeUs.low >>> 0, message.timeUs.high >>> 0).toNumber(true) : message.timeUs;
                    if (message.executor != null && $Object.hasOwnProperty.call(message, "executor"))
                        object.executor = message.executor;
                    if (message.program != null && $Object.hasOwnProperty.call(message, "program"))
                        object.program = message.program;
                    if (message.side != null && $Object.hasOwnProperty.call(message, "side"))
                        object.side = message.side;
                    if (message.verdict != null && $Object.hasOwnProperty.call(message, "verdict"))
                        object.verdict = message.verdict;
                    if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                        object.reason = message.reason;
                    if (message.device != null && $Object.hasOwnProperty.call(message, "device"))
                        object.device = message.device;
                    if (message.leftBy != null && $Object.hasOwnProperty.call(message, "leftBy"))
                        object.leftBy = message.leftBy;
                    if (message.guest != null && $Object.hasOwnProperty.call(message, "guest"))
                        object.guest = message.guest;
                    if (message.peer != null && $Object.hasOwnProperty.call(message, "peer"))
                        object.peer = message.peer;
                    if (message.encapsulation != null && $Object.hasOwnProperty.call(message, "encapsulation"))
                        object.encapsulation = message.encapsulation;
                    if (message.mapping != null && $Object.hasOwnProperty.call(message, "mapping"))
                        object.mapping = message.mapping;
                    if (message.length != null && $Object.hasOwnProperty.call(message, "length"))
                        object.length = message.length;
                    if (message.generation != null && $Object.hasOwnProperty.call(message, "generation"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.generation = typeof message.generation === "number" ? $BigInt(message.generation) : $util.Long.fromBits(message.generation.low >>> 0, message.generation.high >>> 0, true).toBigInt();
                        else if (typeof message.generation === "number")
                            object.generation = options.longs === $String ? $String(message.generation) : message.generation;
                        else
                            object.generation = options.longs === $String ? $util.Long.prototype.toString.call(message.generation) : options.longs === $Number ? new $util.LongBits(message.generation.low >>> 0, message.generation.high >>> 0).toNumber(true) : message.generation;
                    if (message.outer != null && $Object.hasOwnProperty.call(message, "outer"))
                        object.outer = message.outer;
                    return object;
                };

                TraceStep.prototype.toJSON = function() {
                    return TraceStep.toObject(this, $protobuf.util.toJSONOptions);
                };

                return TraceStep;
            })();

            v1.CertificateRequest = (function() {

                const CertificateRequest = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                CertificateRequest.prototype.request = $util.newBuffer([]);

                CertificateRequest.create = function(properties) {
                    return new CertificateRequest(properties);
                };

                CertificateRequest.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.request != null && $Object.hasOwnProperty.call(message, "request") && message.request.length)
                        writer.uint32(10).bytes(message.request);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                CertificateRequest.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.CertificateRequest();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.request = value;
                                else
                                    delete message.request;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                CertificateRequest.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.CertificateRequest)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.CertificateRequest: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.CertificateRequest();
                    if (object.request != null)
                        if (object.request.length)
                            if (typeof object.request === "string")
                                $util.base64.decode(object.request, message.request = $util.newBuffer($util.base64.length(object.request)), 0);
                            else if (object.request.length >= 0)
                                message.request = object.request;
                    return message;
                };

                CertificateRequest.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults)
                        if (options.bytes === $String)
                            object.request = "";
                        else {
                            object.request = [];
                            if (options.bytes !== $Array)
                                object.request = $util.newBuffer(object.request);
                        }
                    if (message.request != null && $Object.hasOwnProperty.call(message, "request"))
                        object.request = options.bytes === $String ? $util.base64.encode(message.request, 0, message.request.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.request) : message.request;
                    return object;
                };

                CertificateRequest.prototype.toJSON = function() {
                    return CertificateRequest.toObject(this, $protobuf.util.toJSONOptions);
                };

                return CertificateRequest;
            })();

            v1.ControllerMessage = (function() {

                const ControllerMessage = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ControllerMessage.prototype.sequence = 0;
                ControllerMessage.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                ControllerMessage.prototype.welcome = null;
                ControllerMessage.prototype.heartbeatReply = null;
                ControllerMessage.prototype.update = null;
                ControllerMessage.prototype.rotateKeys = null;
                ControllerMessage.prototype.trace = null;
                ControllerMessage.prototype.certificate = null;

                let $oneOfFields;

                $Object.defineProperty(ControllerMessage.prototype, "body", {
                    get: $util.oneOfGetter($oneOfFields = ["welcome", "heartbeatReply", "update", "rotateKeys", "trace", "certificate"]),
                    set: $util.oneOfSetter($oneOfFields)
                });

                ControllerMessage.create = function(properties) {
                    return new ControllerMessage(properties);
                };

                ControllerMessage.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && message.sequence !== 0)
                        writer.uint32(8).uint32(message.sequence);
                    if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                        writer.uint32(16).uint64(message.epoch);
                    if (message.welcome != null && $Object.hasOwnProperty.call(message, "welcome"))
                        $root.weft.control.v1.Welcome.encode(message.welcome, writer.uint32(26).fork(), _depth + 1).ldelim();
                    if (message.heartbeatReply != null && $Object.hasOwnProperty.call(message, "heartbeatReply"))
                        $root.weft.control.v1.HeartbeatReply.encode(message.heartbeatReply, writer.uint32(34).fork(), _depth + 1).ldelim();
                    if (message.update != null && $Object.hasOwnProperty.call(message, "update"))
                        $root.weft.control.v1.Update.encode(message.update, writer.uint32(42).fork(), _depth + 1).ldelim();
                    if (message.rotateKeys != null && $Object.hasOwnProperty.call(message, "rotateKeys"))
                        $root.weft.control.v1.RotateKeys.encode(message.rotateKeys, writer.uint32(50).fork(), _depth + 1).ldelim();
                    if (message.trace != null && $Object.hasOwnProperty.call(message, "trace"))
                        $root.weft.control.v1.Trace.encode(message.trace, writer.uint32(58).fork(), _depth + 1).ldelim();
                    if (message.certificate != null && $Object.hasOwnProperty.call(message, "certificate"))
                        $root.weft.control.v1.Certificate.encode(message.certificate, writer.uint32(66).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ControllerMessage.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.ControllerMessage();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.sequence = value;
                                else
                                    delete message.sequence;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.epoch = value;
                                else
                                    delete message.epoch;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                message.welcome = $root.weft.control.v1.Welcome.decode(reader, reader.size(), $undefined, _depth + 1, message.welcome);
                                message.body = "welcome";
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                message.heartbeatReply = $root.weft.control.v1.HeartbeatReply.decode(reader, reader.size(), $undefined, _depth + 1, message.heartbeatReply);
                                message.body = "heartbeatReply";
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                message.update = $root.weft.control.v1.Update.decode(reader, reader.size(), $undefined, _depth + 1, message.update);
                                message.body = "update";
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                message.rotateKeys = $root.weft.control.v1.RotateKeys.decode(reader, reader.size(), $undefined, _depth + 1, message.rotateKeys);
                                message.body = "rotateKeys";
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                message.trace = $root.weft.control.v1.Trace.decode(reader, reader.size(), $undefined, _depth + 1, message.trace);
                                message.body = "trace";
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                message.certificate = $root.weft.control.v1.Certificate.decode(reader, reader.size(), $undefined, _depth + 1, message.certificate);
                                message.body = "certificate";
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                ControllerMessage.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.ControllerMessage)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.ControllerMessage: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.ControllerMessage();
                    if (object.sequence != null)
                        if ($Number(object.sequence) !== 0)
                            message.sequence = object.sequence >>> 0;
                    if (object.epoch != null)
                        if (typeof object.epoch === "object" ? object.epoch.low || object.epoch.high : $Number(object.epoch) !== 0)
                            if ($util.Long)
                                message.epoch = $util.Long.fromValue(object.epoch, true);
                            else if (typeof object.epoch === "string")
                                message.epoch = $parseInt(object.epoch, 10);
                            else if (typeof object.epoch === "number")
                                message.epoch = object.epoch;
                            else if (typeof object.epoch === "object")
                                message.epoch = new $util.LongBits(object.epoch.low >>> 0, object.epoch.high >>> 0).toNumber(true);
                    if (object.welcome != null) {
                        if (!$util.isObject(object.welcome))
                            throw $TypeError(".weft.control.v1.ControllerMessage.welcome: object expected");
                        message.welcome = $root.weft.control.v1.Welcome.fromObject(object.welcome, _depth + 1);
                    }
                    if (object.heartbeatReply != null) {
                        if (!$util.isObject(object.heartbeatReply))
                            throw $TypeError(".weft.control.v1.ControllerMessage.heartbeatReply: object expected");
                        message.heartbeatReply = $root.weft.control.v1.HeartbeatReply.fromObject(object.heartbeatReply, _depth + 1);
                    }
                    if (object.update != null) {
                        if (!$util.isObject(object.update))
                            throw $TypeError(".weft.control.v1.ControllerMessage.update: object expected");
                        message.update = $root.weft.control.v1.Update.fromObject(object.update, _depth + 1);
                    }
                    if (object.rotateKeys != null) {
                        if (!$util.isObject(object.rotateKeys))
                            throw $TypeError(".weft.control.v1.ControllerMessage.rotateKeys: object expected");
                        message.rotateKeys = $root.weft.control.v1.RotateKeys.fromObject(object.rotateKeys, _depth + 1);
                    }
                    if (object.trace != null) {
                        if (!$util.isObject(object.trace))
                            throw $TypeError(".weft.control.v1.ControllerMessage.trace: object expected");
                        message.trace = $root.weft.control.v1.Trace.fromObject(object.trace, _depth + 1);
                    }
                    if (object.certificate != null) {
                        if (!$util.isObject(object.certificate))
                            throw $TypeError(".weft.control.v1.ControllerMessage.certificate: object expected");
                        message.certificate = $root.weft.control.v1.Certificate.fromObject(object.certificate, _depth + 1);
                    }
                    return message;
                };

                ControllerMessage.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.sequence = 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.epoch = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.epoch = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    }
                    if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence"))
                        object.sequence = message.sequence;
                    if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.epoch = typeof message.epoch === "number" ? $BigInt(message.epoch) : $util.Long.fromBits(message.epoch.low >>> 0, message.epoch.high >>> 0, true).toBigInt();
                        else if (typeof message.epoch === "number")
                            object.epoch = options.longs === $String ? $String(message.epoch) : message.epoch;
                        else
                            object.epoch = options.longs === $String ? $util.Long.prototype.toString.call(message.epoch) : options.longs === $Number ? new $util.LongBits(message.epoch.low >>> 0, message.epoch.high >>> 0).toNumber(true) : message.epoch;
                    if (message.welcome != null && $Object.hasOwnProperty.call(message, "welcome")) {
                        object.welcome = $root.weft.control.v1.Welcome.toObject(message.welcome, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "welcome";
                    }
                    if (message.heartbeatReply != null && $Object.hasOwnProperty.call(message, "heartbeatReply")) {
                        object.heartbeatReply = $root.weft.control.v1.HeartbeatReply.toObject(message.heartbeatReply, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "heartbeatReply";
                    }
                    if (message.update != null && $Object.hasOwnProperty.call(message, "update")) {
                        object.update = $root.weft.control.v1.Update.toObject(message.update, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "update";
                    }
                    if (message.rotateKeys != null && $Object.hasOwnProperty.call(message, "rotateKeys")) {
                        object.rotateKeys = $root.weft.control.v1.RotateKeys.toObject(message.rotateKeys, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "rotateKeys";
                    }
                    if (message.trace != null && $Object.hasOwnProperty.call(message, "trace")) {
                        object.trace = $root.weft.control.v1.Trace.toObject(message.trace, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "trace";
                    }
                    if (message.certificate != null && $Object.hasOwnProperty.call(message, "certificate")) {
                        object.certificate = $root.weft.control.v1.Certificate.toObject(message.certificate, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "certificate";
                    }
                    return object;
                };

                ControllerMessage.prototype.toJSON = function() {
                    return ControllerMessage.toObject(this, $protobuf.util.toJSONOptions);
                };

                return ControllerMessage;
            })();

            v1.Welcome = (function() {

                const Welcome = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Welcome.prototype.controller = "";
                Welcome.prototype.controllerVersion = "";
                Welcome.prototype.heartbeatMs = 0;
                Welcome.prototype.deadlineMs = 0;
                Welcome.prototype.store = "";

                Welcome.create = function(properties) {
                    return new Welcome(properties);
                };

                Welcome.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.controller != null && $Object.hasOwnProperty.call(message, "controller") && message.controller !== "")
                        writer.uint32(10).string(message.controller);
                    if (message.controllerVersion != null && $Object.hasOwnProperty.call(message, "controllerVersion") && message.controllerVersion !== "")
                        writer.uint32(18).string(message.controllerVersion);
                    if (message.heartbeatMs != null && $Object.hasOwnProperty.call(message, "heartbeatMs") && message.heartbeatMs !== 0)
                        writer.uint32(24).uint32(message.heartbeatMs);
                    if (message.deadlineMs != null && $Object.hasOwnProperty.call(message, "deadlineMs") && message.deadlineMs !== 0)
                        writer.uint32(32).uint32(message.deadlineMs);
                    if (message.store != null && $Object.hasOwnProperty.call(message, "store") && message.store !== "")
                        writer.uint32(42).string(message.store);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Welcome.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Welcome();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.controller = value;
                                else
                                    delete message.controller;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.controllerVersion = value;
                                else
                                    delete message.controllerVersion;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.heartbeatMs = value;
                                else
                                    delete message.heartbeatMs;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.deadlineMs = value;
                                else
                                    delete message.deadlineMs;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.store = value;
                                else
                                    delete message.store;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Welcome.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Welcome)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Welcome: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Welcome();
                    if (object.controller != null)
                        if (typeof object.controller !== "string" || object.controller.length)
                            message.controller = $String(object.controller);
                    if (object.controllerVersion != null)
                        if (typeof object.controllerVersion !== "string" || object.controllerVersion.length)
                            message.controllerVersion = $String(object.controllerVersion);
                    if (object.heartbeatMs != null)
                        if ($Number(object.heartbeatMs) !== 0)
                            message.heartbeatMs = object.heartbeatMs >>> 0;
                    if (object.deadlineMs != null)
                        if ($Number(object.deadlineMs) !== 0)
                            message.deadlineMs = object.deadlineMs >>> 0;
                    if (object.store != null)
                        if (typeof object.store !== "string" || object.store.length)
                            message.store = $String(object.store);
                    return message;
                };

                Welcome.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.controller = "";
                        object.controllerVersion = "";
                        object.heartbeatMs = 0;
                        object.deadlineMs = 0;
                        object.store = "";
                    }
                    if (message.controller != null && $Object.hasOwnProperty.call(message, "controller"))
                        object.controller = message.controller;
                    if (message.controllerVersion != null && $Object.hasOwnProperty.call(message, "controllerVersion"))
                        object.controllerVersion = message.controllerVersion;
                    if (message.heartbeatMs != null && $Object.hasOwnProperty.call(message, "heartbeatMs"))
                        object.heartbeatMs = message.heartbeatMs;
                    if (message.deadlineMs != null && $Object.hasOwnProperty.call(message, "deadlineMs"))
                        object.deadlineMs = message.deadlineMs;
                    if (message.store != null && $Object.hasOwnProperty.call(message, "store"))
                        object.store = message.store;
                    return object;
                };

                Welcome.prototype.toJSON = function() {
                    return Welcome.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Welcome;
            })();

            v1.HeartbeatReply = (function() {

                const HeartbeatReply = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                HeartbeatReply.prototype.number = 0;

                HeartbeatReply.create = function(properties) {
                    return new HeartbeatReply(properties);
                };

                HeartbeatReply.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.number != null && $Object.hasOwnProperty.call(message, "number") && message.number !== 0)
                        writer.uint32(8).uint32(message.number);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                HeartbeatReply.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.HeartbeatReply();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.number = value;
                                else
                                    delete message.number;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                HeartbeatReply.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.HeartbeatReply)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.HeartbeatReply: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.HeartbeatReply();
                    if (object.number != null)
                        if ($Number(object.number) !== 0)
                            message.number = object.number >>> 0;
                    return message;
                };

                HeartbeatReply.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults)
                        object.number = 0;
                    if (message.number != null && $Object.hasOwnProperty.call(message, "number"))
                        object.number = message.number;
                    return object;
                };

                HeartbeatReply.prototype.toJSON = function() {
                    return HeartbeatReply.toObject(this, $protobuf.util.toJSONOptions);
                };

                return HeartbeatReply;
            })();

            v1.RotateKeys = (function() {

                const RotateKeys = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                RotateKeys.create = function(properties) {
                    return new RotateKeys(properties);
                };

                RotateKeys.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                RotateKeys.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.RotateKeys();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        reader.skipType(tag & 7, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                RotateKeys.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.RotateKeys)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.RotateKeys: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    return new $root.weft.control.v1.RotateKeys();
                };

                RotateKeys.toObject = function () {
                    return {};
                };

                RotateKeys.prototype.toJSON = function() {
                    return RotateKeys.toObject(this, $protobuf.util.toJSONOptions);
                };

                return RotateKeys;
            })();

            v1.Certificate = (function() {

                const Certificate = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Certificate.prototype.certificate = "";
                Certificate.prototype.authority = "";
                Certificate.prototype.problem = "";

                Certificate.create = function(properties) {
                    return new Certificate(properties);
                };

                Certificate.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.certificate != null && $Object.hasOwnProperty.call(message, "certificate") && message.certificate !== "")
                        writer.uint32(10).string(message.certificate);
                    if (message.authority != null && $Object.hasOwnProperty.call(message, "authority") && message.authority !== "")
                        writer.uint32(18).string(message.authority);
                    if (message.problem != null && $Object.hasOwnProperty.call(message, "problem") && message.problem !== "")
                        writer.uint32(26).string(message.problem);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Certificate.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Certificate();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.certificate = value;
                                else
                                    delete message.certificate;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.authority = value;
                                else
                                    delete message.authority;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.problem = value;
                                else
                                    delete message.problem;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Certificate.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Certificate)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Certificate: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Certificate();
                    if (object.certificate != null)
                        if (typeof object.certificate !== "string" || object.certificate.length)
                            message.certificate = $String(object.certificate);
                    if (object.authority != null)
                        if (typeof object.authority !== "string" || object.authority.length)
                            message.authority = $String(object.authority);
                    if (object.problem != null)
                        if (typeof object.problem !== "string" || object.problem.length)
                            message.problem = $String(object.problem);
                    return message;
                };

                Certificate.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.certificate = "";
                        object.authority = "";
                        object.problem = "";
                    }
                    if (message.certificate != null && $Object.hasOwnProperty.call(message, "certificate"))
                        object.certificate = message.certificate;
                    if (message.authority != null && $Object.hasOwnProperty.call(message, "authority"))
                        object.authority = message.authority;
                    if (message.problem != null && $Object.hasOwnProperty.call(message, "problem"))
                        object.problem = message.problem;
                    return object;
                };

                Certificate.prototype.toJSON = function() {
                    return Certificate.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Certificate;
            })();

            v1.Trace = (function() {

                const Trace = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Trace.prototype.trace = 0;
                Trace.prototype.gni = 0;
                Trace.prototype.source = $util.newBuffer([]);
                Trace.prototype.destination = $util.newBuffer([]);
                Trace.prototype.waitMs = 0;
                Trace.prototype.echo = 0;
                Trace.prototype.inject = "";
                Trace.prototype.dryRun = false;

                Trace.create = function(properties) {
                    return new Trace(properties);
                };

                Trace.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.trace != null && $Object.hasOwnProperty.call(message, "trace") && message.trace !== 0)
                        writer.uint32(8).uint32(message.trace);
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni") && message.gni !== 0)
                        writer.uint32(16).uint32(message.gni);
                    if (message.source != null && $Object.hasOwnProperty.call(message, "source") && message.source.length)
                        writer.uint32(26).bytes(message.source);
                    if (message.destination != null && $Object.hasOwnProperty.call(message, "destination") && message.destination.length)
                        writer.uint32(34).bytes(message.destination);
                    if (message.waitMs != null && $Object.hasOwnProperty.call(message, "waitMs") && message.waitMs !== 0)
                        writer.uint32(40).uint32(message.waitMs);
                    if (message.echo != null && $Object.hasOwnProperty.call(message, "echo") && message.echo !== 0)
                        writer.uint32(48).uint32(message.echo);
                    if (message.inject != null && $Object.hasOwnProperty.call(message, "inject") && message.inject !== "")
                        writer.uint32(58).string(message.inject);
                    if (message.dryRun != null && $Object.hasOwnProperty.call(message, "dryRun") && message.dryRun !== false)
                        writer.uint32(64).bool(message.dryRun);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Trace.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Trace();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.trace = value;
                                else
                                    delete message.trace;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.gni = value;
                                else
                                    delete message.gni;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.source = value;
                                else
                                    delete message.source;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.destination = value;
                                else
                                    delete message.destination;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.waitMs = value;
                                else
                                    delete message.waitMs;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.echo = value;
                                else
                                    delete message.echo;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.inject = value;
                                else
                                    delete message.inject;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.dryRun = value;
                                else
                                    delete message.dryRun;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Trace.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Trace)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Trace: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Trace();
                    if (object.trace != null)
                        if ($Number(object.trace) !== 0)
                            message.trace = object.trace >>> 0;
                    if (object.gni != null)
                        if ($Number(object.gni) !== 0)
                            message.gni = object.gni >>> 0;
                    if (object.source != null)
                        if (object.source.length)
                            if (typeof object.source === "string")
                                $util.base64.decode(object.source, message.source = $util.newBuffer($util.base64.length(object.source)), 0);
                            else if (object.source.length >= 0)
                                message.source = object.source;
                    if (object.destination != null)
                        if (object.destination.length)
                            if (typeof object.destination === "string")
                                $util.base64.decode(object.destination, message.destination = $util.newBuffer($util.base64.length(object.destination)), 0);
                            else if (object.destination.length >= 0)
                                message.destination = object.destination;
                    if (object.waitMs != null)
                        if ($Number(object.waitMs) !== 0)
                            message.waitMs = object.waitMs >>> 0;
                    if (object.echo != null)
                        if ($Number(object.echo) !== 0)
                            message.echo = object.echo >>> 0;
                    if (object.inject != null)
                        if (typeof object.inject !== "string" || object.inject.length)
                            message.inject = $String(object.inject);
                    if (object.dryRun != null)
                        if (object.dryRun)
                            message.dryRun = $Boolean(object.dryRun);
                    return message;
                };

                Trace.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.trace = 0;
                        object.gni = 0;
                        if (options.bytes === $String)
                            object.source = "";
                        else {
                            object.source = [];
                            if (options.bytes !== $Array)
                                object.source = $util.newBuffer(object.source);
                        }
                        if (options.bytes === $String)
                            object.destination = "";
                        else {
                            object.destination = [];
                            if (options.bytes !== $Array)
                                object.destination = $util.newBuffer(object.destination);
                        }
                        object.waitMs = 0;
                        object.echo = 0;
                        object.inject = "";
                        object.dryRun = false;
                    }
                    if (message.trace != null && $Object.hasOwnProperty.call(message, "trace"))
                        object.trace = message.trace;
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni"))
                        object.gni = message.gni;
                    if (message.source != null && $Object.hasOwnProperty.call(message, "source"))
                        object.source = options.bytes === $String ? $util.base64.encode(message.source, 0, message.source.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.source) : message.source;
                    if (message.destination != null && $Object.hasOwnProperty.call(message, "destination"))
                        object.destination = options.bytes === $String ? $util.base64.encode(message.destination, 0, message.destination.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.destination) : message.destination;
                    if (message.waitMs != null && $Object.hasOwnProperty.call(message, "waitMs"))
                        object.waitMs = message.waitMs;
                    if (message.echo != null && $Object.hasOwnProperty.call(message, "echo"))
                        object.echo = message.echo;
                    if (message.inject != null && $Object.hasOwnProperty.call(message, "inject"))
                        object.inject = message.inject;
                    if (message.dryRun != null && $Object.hasOwnProperty.call(message, "dryRun"))
                        object.dryRun = message.dryRun;
                    return object;
                };

                Trace.prototype.toJSON = function() {
                    return Trace.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Trace;
            })();

            v1.Update = (function() {

                const Update = function (properties) {
                    this.set = [];
                    this.removed = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Update.prototype.number = 0;
                Update.prototype.set = $util.emptyArray;
                Update.prototype.removed = $util.emptyArray;

                Update.create = function(properties) {
                    return new Update(properties);
                };

                Update.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.number != null && $Object.hasOwnProperty.call(message, "number") && message.number !== 0)
                        writer.uint32(8).uint32(message.number);
                    if (message.set != null && message.set.length)
                        for (let i = 0; i < message.set.length; ++i)
                            $root.weft.control.v1.Resource.encode(message.set[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                    if (message.removed != null && message.removed.length)
                        for (let i = 0; i < message.removed.length; ++i)
                            $root.weft.control.v1.ResourceName.encode(message.removed[i], writer.uint32(26).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Update.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Update();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.number = value;
                                else
                                    delete message.number;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.set && message.set.length))
                                    message.set = [];
                                message.set.push($root.weft.control.v1.Resource.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.removed && message.removed.length))
                                    message.removed = [];
                                message.removed.push($root.weft.control.v1.ResourceName.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Update.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Update)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Update: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Update();
                    if (object.number != null)
                        if ($Number(object.number) !== 0)
                            message.number = object.number >>> 0;
                    if (object.set) {
                        if (!$Array.isArray(object.set))
                            throw $TypeError(".weft.control.v1.Update.set: array expected");
                        message.set = $Array(object.set.length);
                        for (let i = 0; i < object.set.length; ++i) {
                            if (!$util.isObject(object.set[i]))
                                throw $TypeError(".weft.control.v1.Update.set: object expected");
                            message.set[i] = $root.weft.control.v1.Resource.fromObject(object.set[i], _depth + 1);
                        }
                    }
                    if (object.removed) {
                        if (!$Array.isArray(object.removed))
                            throw $TypeError(".weft.control.v1.Update.removed: array expected");
                        message.removed = $Array(object.removed.length);
                        for (let i = 0; i < object.removed.length; ++i) {
                            if (!$util.isObject(object.removed[i]))
                                throw $TypeError(".weft.control.v1.Update.removed: object expected");
                            message.removed[i] = $root.weft.control.v1.ResourceName.fromObject(object.removed[i], _depth + 1);
                        }
                    }
                    return message;
                };

                Update.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults) {
                        object.set = [];
                        object.removed = [];
                    }
                    if (options.defaults)
                        object.number = 0;
                    if (message.number != null && $Object.hasOwnProperty.call(message, "number"))
                        object.number = message.number;
                    if (message.set && message.set.length) {
                        object.set = $Array(message.set.length);
                        for (let j = 0; j < message.set.length; ++j)
                            object.set[j] = $root.weft.control.v1.Resource.toObject(message.set[j], options, _depth + 1);
                    }
                    if (message.removed && message.removed.length) {
                        object.removed = $Array(message.removed.length);
                        for (let j = 0; j < message.removed.length; ++j)
                            object.removed[j] = $root.weft.control.v1.ResourceName.toObject(message.removed[j], options, _depth + 1);
                    }
                    return object;
                };

                Update.prototype.toJSON = function() {
                    return Update.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Update;
            })();

            v1.ResourceName = (function() {

                const ResourceName = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ResourceName.prototype.type = 0;
                ResourceName.prototype.key = "";

                ResourceName.create = function(properties) {
                    return new ResourceName(properties);
                };

                ResourceName.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== 0)
                        writer.uint32(8).int32(message.type);
                    if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key !== "")
                        writer.uint32(18).string(message.key);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ResourceName.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.ResourceName();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.type = value;
                                else
                                    delete message.type;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.key = value;
                                else
                                    delete message.key;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                ResourceName.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.ResourceName)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.ResourceName: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.ResourceName();
                    if (object.type !== 0 && (typeof object.type !== "string" || $root.weft.control.v1.ResourceName.Type[object.type] !== 0))
                        switch (object.type) {
                        case "NONE":
                        case 0:
                            message.type = 0;
                            break;
                        case "NETWORK":
                        case 1:
                            message.type = 1;
                            break;
                        case "GUEST":
                        case 2:
                            message.type = 2;
                            break;
                        case "SESSION":
                        case 3:
                            message.type = 3;
                            break;
                        case "MAPPING":
                        case 4:
                            message.type = 4;
                            break;
                        default:
                            if (typeof object.type === "number" && (object.type | 0) === object.type)
                                message.type = object.type;
                        }
                    if (object.key != null)
                        if (typeof object.key !== "string" || object.key.length)
                            message.key = $String(object.key);
                    return message;
                };

                ResourceName.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.type = options.enums === $String ? "NONE" : 0;
                        object.key = "";
                    }
                    if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                        object.type = options.enums === $String ? $root.weft.control.v1.ResourceName.Type[message.type] === $undefined ? message.type : $root.weft.control.v1.ResourceName.Type[message.type] : message.type;
                    if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                        object.key = message.key;
                    return object;
                };

                ResourceName.prototype.toJSON = function() {
                    return ResourceName.toObject(this, $protobuf.util.toJSONOptions);
                };

                ResourceName.Type = (function() {
                    const valuesById = $Object.create(null), values = $Object.create(valuesById);
                    values[valuesById[0] = "NONE"] = 0;
                    values[valuesById[1] = "NETWORK"] = 1;
                    values[valuesById[2] = "GUEST"] = 2;
                    values[valuesById[3] = "SESSION"] = 3;
                    values[valuesById[4] = "MAPPING"] = 4;
                    return values;
                })();

                return ResourceName;
            })();

            v1.MappingName = (function() {

                const MappingName = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                MappingName.prototype.gni = 0;
                MappingName.prototype.address = $util.newBuffer([]);

                MappingName.create = function(properties) {
                    return new MappingName(properties);
                };

                MappingName.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni") && message.gni !== 0)
                        writer.uint32(8).uint32(message.gni);
                    if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address.length)
                        writer.uint32(18).bytes(message.address);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                MappingName.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.MappingName();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.gni = value;
                                else
                                    delete message.gni;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.address = value;
                                else
                                    delete message.address;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                MappingName.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.MappingName)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.MappingName: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.MappingName();
                    if (object.gni != null)
                        if ($Number(object.gni) !== 0)
                            message.gni = object.gni >>> 0;
                    if (object.address != null)
                        if (object.address.length)
                            if (typeof object.address === "string")
                                $util.base64.decode(object.address, message.address = $util.newBuffer($util.base64.length(object.address)), 0);
                            else if (object.address.length >= 0)
                                message.address = object.address;
                    return message;
                };

                MappingName.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.gni = 0;
                        if (options.bytes === $String)
                            object.address = "";
                        else {
                            object.address = [];
                            if (options.bytes !== $Array)
                                object.address = $util.newBuffer(object.address);
                        }
                    }
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni"))
                        object.gni = message.gni;
                    if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                        object.address = options.bytes === $String ? $util.base64.encode(message.address, 0, message.address.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.address) : message.address;
                    return object;
                };

                MappingName.prototype.toJSON = function() {
                    return MappingName.toObject(this, $protobuf.util.toJSONOptions);
                };

                return MappingName;
            })();

            v1.Resource = (function() {

                const Resource = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Resource.prototype.name = null;
                Resource.prototype.version = "";
                Resource.prototype.network = null;
                Resource.prototype.guest = null;
                Resource.prototype.session = null;
                Resource.prototype.mapping = null;

                let $oneOfFields;

                $Object.defineProperty(Resource.prototype, "body", {
                    get: $util.oneOfGetter($oneOfFields = ["network", "guest", "session", "mapping"]),
                    set: $util.oneOfSetter($oneOfFields)
                });

                Resource.create = function(properties) {
                    return new Resource(properties);
                };

                Resource.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                        $root.weft.control.v1.ResourceName.encode(message.name, writer.uint32(10).fork(), _depth + 1).ldelim();
                    if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                        writer.uint32(18).string(message.version);
                    if (message.network != null && $Object.hasOwnProperty.call(message, "network"))
                        $root.weft.control.v1.Network.encode(message.network, writer.uint32(26).fork(), _depth + 1).ldelim();
                    if (message.guest != null && $Object.hasOwnProperty.call(message, "guest"))
                        $root.weft.control.v1.Guest.encode(message.guest, writer.uint32(34).fork(), _depth + 1).ldelim();
                    if (message.session != null && $Object.hasOwnProperty.call(message, "session"))
                        $root.weft.control.v1.Session.encode(message.session, writer.uint32(42).fork(), _depth + 1).ldelim();
                    if (message.mapping != null && $Object.hasOwnProperty.call(message, "mapping"))
                        $root.weft.control.v1.Mapping.encode(message.mapping, writer.uint32(50).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Resource.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Resource();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                message.name = $root.weft.control.v1.ResourceName.decode(reader, reader.size(), $undefined, _depth + 1, message.name);
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.version = value;
                                else
                                    delete message.version;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                message.network = $root.weft.control.v1.Network.decode(reader, reader.size(), $undefined, _depth + 1, message.network);
                                message.body = "network";
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                message.guest = $root.weft.control.v1.Guest.decode(reader, reader.size(), $undefined, _depth + 1, message.guest);
                                message.body = "guest";
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                message.session = $root.weft.control.v1.Session.decode(reader, reader.size(), $undefined, _depth + 1, message.session);
                                message.body = "session";
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                message.mapping = $root.weft.control.v1.Mapping.decode(reader, reader.size(), $undefined, _depth + 1, message.mapping);
                                message.body = "mapping";
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Resource.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Resource)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Resource: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Resource();
                    if (object.name != null) {
                        if (!$util.isObject(object.name))
                            throw $TypeError(".weft.control.v1.Resource.name: object expected");
                        message.name = $root.weft.control.v1.ResourceName.fromObject(object.name, _depth + 1);
                    }
                    if (object.version != null)
                        if (typeof object.version !== "string" || object.version.length)
                            message.version = $String(object.version);
                    if (object.network != null) {
                        if (!$util.isObject(object.network))
                            throw $TypeError(".weft.control.v1.Resource.network: object expected");
                        message.network = $root.weft.control.v1.Network.fromObject(object.network, _depth + 1);
                    }
                    if (object.guest != null) {
                        if (!$util.isObject(object.guest))
                            throw $TypeError(".weft.control.v1.Resource.guest: object expected");
                        message.guest = $root.weft.control.v1.Guest.fromObject(object.guest, _depth + 1);
                    }
                    if (object.session != null) {
                        if (!$util.isObject(object.session))
                            throw $TypeError(".weft.control.v1.Resource.session: object expected");
                        message.session = $root.weft.control.v1.Session.fromObject(object.session, _depth + 1);
                    }
                    if (object.mapping != null) {
                        if (!$util.isObject(object.mapping))
                            throw $TypeError(".weft.control.v1.Resource.mapping: object expected");
                        message.mapping = $root.weft.control.v1.Mapping.fromObject(object.mapping, _depth + 1);
                    }
                    return message;
                };

                Resource.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.name = null;
                        object.version = "";
                    }
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                        object.name = $root.weft.control.v1.ResourceName.toObject(message.name, options, _depth + 1);
                    if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                        object.version = message.version;
                    if (message.network != null && $Object.hasOwnProperty.call(message, "network")) {
                        object.network = $root.weft.control.v1.Network.toObject(message.network, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "network";
                    }
                    if (message.guest != null && $Object.hasOwnProperty.call(message, "guest")) {
                        object.guest = $root.weft.control.v1.Guest.toObject(message.guest, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "guest";
                    }
                    if (message.session != null && $Object.hasOwnProperty.call(message, "session")) {
                        object.session = $root.weft.control.v1.Session.toObject(message.session, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "session";
                    }
                    if (message.mapping != null && $Object.hasOwnProperty.call(message, "mapping")) {
                        object.mapping = $root.weft.control.v1.Mapping.toObject(message.mapping, options, _depth + 1);
                        if (options.oneofs)
                            object.body = "mapping";
                    }
                    return object;
                };

                Resource.prototype.toJSON = function() {
                    return Resource.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Resource;
            })();

            v1.Network = (function() {

                const Network = function (properties) {
                    this.prefixes = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Network.prototype.gni = 0;
                Network.prototype.name = "";
                Network.prototype.prefixes = $util.emptyArray;

                Network.create = function(properties) {
                    return new Network(properties);
                };

                Network.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni") && message.gni !== 0)
                        writer.uint32(8).uint32(message.gni);
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                        writer.uint32(18).string(message.name);
                    if (message.prefixes != null && message.prefixes.length)
                        for (let i = 0; i < message.prefixes.length; ++i)
                            $root.weft.control.v1.Prefix.encode(message.prefixes[i], writer.uint32(26).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Network.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Network();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.gni = value;
                                else
                                    delete message.gni;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.name = value;
                                else
                                    delete message.name;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.prefixes && message.prefixes.length))
                                    message.prefixes = [];
                                message.prefixes.push($root.weft.control.v1.Prefix.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Network.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Network)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Network: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Network();
                    if (object.gni != null)
                        if ($Number(object.gni) !== 0)
                            message.gni = object.gni >>> 0;
                    if (object.name != null)
                        if (typeof object.name !== "string" || object.name.length)
                            message.name = $String(object.name);
                    if (object.prefixes) {
                        if (!$Array.isArray(object.prefixes))
                            throw $TypeError(".weft.control.v1.Network.prefixes: array expected");
                        message.prefixes = $Array(object.prefixes.length);
                        for (let i = 0; i < object.prefixes.length; ++i) {
                            if (!$util.isObject(object.prefixes[i]))
                                throw $TypeError(".weft.control.v1.Network.prefixes: object expected");
                            message.prefixes[i] = $root.weft.control.v1.Prefix.fromObject(object.prefixes[i], _depth + 1);
                        }
                    }
                    return message;
                };

                Network.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.prefixes = [];
                    if (options.defaults) {
                        object.gni = 0;
                        object.name = "";
                    }
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni"))
                        object.gni = message.gni;
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                        object.name = message.name;
                    if (message.prefixes && message.prefixes.length) {
                        object.prefixes = $Array(message.prefixes.length);
                        for (let j = 0; j < message.prefixes.length; ++j)
                            object.prefixes[j] = $root.weft.control.v1.Prefix.toObject(message.prefixes[j], options, _depth + 1);
                    }
                    return object;
                };

                Network.prototype.toJSON = function() {
                    return Network.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Network;
            })();

            v1.Prefix = (function() {

                const Prefix = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Prefix.prototype.address = $util.newBuffer([]);
                Prefix.prototype.length = 0;

                Prefix.create = function(properties) {
                    return new Prefix(properties);
                };

                Prefix.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address.length)
                        writer.uint32(10).bytes(message.address);
                    if (message.length != null && $Object.hasOwnProperty.call(message, "length") && message.length !== 0)
                        writer.uint32(16).uint32(message.length);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Prefix.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Prefix();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.address = value;
                                else
                                    delete message.address;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.length = value;
                                else
                                    delete message.length;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Prefix.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Prefix)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Prefix: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Prefix();
                    if (object.address != null)
                        if (object.address.length)
                            if (typeof object.address === "string")
                                $util.base64.decode(object.address, message.address = $util.newBuffer($util.base64.length(object.address)), 0);
                            else if (object.address.length >= 0)
                                message.address = object.address;
                    if (object.length != null)
                        if ($Number(object.length) !== 0)
                            message.length = object.length >>> 0;
                    return message;
                };

                Prefix.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        if (options.bytes === $String)
                            object.address = "";
                        else {
                            object.address = [];
                            if (options.bytes !== $Array)
                                object.address = $util.newBuffer(object.address);
                        }
                        object.length = 0;
                    }
                    if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                        object.address = options.bytes === $String ? $util.base64.encode(message.address, 0, message.address.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.address) : message.address;
                    if (message.length != null && $Object.hasOwnProperty.call(message, "length"))
                        object.length = message.length;
                    return object;
                };

                Prefix.prototype.toJSON = function() {
                    return Prefix.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Prefix;
            })();

            v1.Guest = (function() {

                const Guest = function (properties) {
                    this.addresses = [];
                    this.command = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Guest.prototype.name = "";
                Guest.prototype.gni = 0;
                Guest.prototype.addresses = $util.emptyArray;
                Guest.prototype.command = $util.emptyArray;
                Guest.prototype.incarnation = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                Guest.prototype.port = "";

                Guest.create = function(properties) {
                    return new Guest(properties);
                };

                Guest.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                        writer.uint32(10).string(message.name);
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni") && message.gni !== 0)
                        writer.uint32(16).uint32(message.gni);
                    if (message.addresses != null && message.addresses.length)
                        for (let i = 0; i < message.addresses.length; ++i)
                            $root.weft.control.v1.Prefix.encode(message.addresses[i], writer.uint32(26).fork(), _depth + 1).ldelim();
                    if (message.command != null && message.command.length)
                        for (let i = 0; i < message.command.length; ++i)
                            writer.uint32(34).string(message.command[i]);
                    if (message.incarnation != null && $Object.hasOwnProperty.call(message, "incarnation") && (typeof message.incarnation === "object" ? message.incarnation.low || message.incarnation.high : message.incarnation !== 0))
                        writer.uint32(40).uint64(message.incarnation);
                    if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== "")
                        writer.uint32(50).string(message.port);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Guest.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Guest();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.name = value;
                                else
                                    delete message.name;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.gni = value;
                                else
                                    delete message.gni;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.addresses && message.addresses.length))
                                    message.addresses = [];
                                message.addresses.push($root.weft.control.v1.Prefix.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.command && message.command.length))
                                    message.command = [];
                                message.command.push(reader.stringVerify());
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.incarnation = value;
                                else
                                    delete message.incarnation;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.port = value;
                                else
                                    delete message.port;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Guest.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Guest)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Guest: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Guest();
                    if (object.name != null)
                        if (typeof object.name !== "string" || object.name.length)
                            message.name = $String(object.name);
                    if (object.gni != null)
                        if ($Number(object.gni) !== 0)
                            message.gni = object.gni >>> 0;
                    if (object.addresses) {
                        if (!$Array.isArray(object.addresses))
                            throw $TypeError(".weft.control.v1.Guest.addresses: array expected");
                        message.addresses = $Array(object.addresses.length);
                        for (let i = 0; i < object.addresses.length; ++i) {
                            if (!$util.isObject(object.addresses[i]))
                                throw $TypeError(".weft.control.v1.Guest.addresses: object expected");
                            message.addresses[i] = $root.weft.control.v1.Prefix.fromObject(object.addresses[i], _depth + 1);
                        }
                    }
                    if (object.command) {
                        if (!$Array.isArray(object.command))
                            throw $TypeError(".weft.control.v1.Guest.command: array expected");
                        message.command = $Array(object.command.length);
                        for (let i = 0; i < object.command.length; ++i)
                            message.command[i] = $String(object.command[i]);
                    }
                    if (object.incarnation != null)
                        if (typeof object.incarnation === "object" ? object.incarnation.low || object.incarnation.high : $Number(object.incarnation) !== 0)
                            if ($util.Long)
                                message.incarnation = $util.Long.fromValue(object.incarnation, true);
                            else if (typeof object.incarnation === "string")
                                message.incarnation = $parseInt(object.incarnation, 10);
                            else if (typeof object.incarnation === "number")
                                message.incarnation = object.incarnation;
                            else if (typeof object.incarnation === "object")
                                message.incarnation = new $util.LongBits(object.incarnation.low >>> 0, object.incarnation.high >>> 0).toNumber(true);
                    if (object.port != null)
                        if (typeof object.port !== "string" || object.port.length)
                            message.port = $String(object.port);
                    return message;
                };

                Guest.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults) {
                        object.addresses = [];
                        object.command = [];
                    }
                    if (options.defaults) {
                        object.name = "";
                        object.gni = 0;
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.incarnation = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.incarnation = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        object.port = "";
                    }
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                        object.name = message.name;
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni"))
                        object.gni = message.gni;
                    if (message.addresses && message.addresses.length) {
                        object.addresses = $Array(message.addresses.length);
                        for (let j = 0; j < message.addresses.length; ++j)
                            object.addresses[j] = $root.weft.control.v1.Prefix.toObject(message.addresses[j], options, _depth + 1);
                    }
                    if (message.command && message.command.length) {
                        object.command = $Array(message.command.length);
                        for (let j = 0; j < message.command.length; ++j)
                            object.command[j] = message.command[j];
                    }
                    if (message.incarnation != null && $Object.hasOwnProperty.call(message, "incarnation"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.incarnation = typeof message.incarnation === "number" ? $BigInt(message.incarnation) : $util.Long.fromBits(message.incarnation.low >>> 0, message.incarnation.high >>> 0, true).toBigInt();
                        else if (typeof message.incarnation === "number")
                            object.incarnation = options.longs === $String ? $String(message.incarnation) : message.incarnation;
                        else
                            object.incarnation = options.longs === $String ? $util.Long.prototype.toString.call(message.incarnation) : options.longs === $Number ? new $util.LongBits(message.incarnation.low >>> 0, message.incarnation.high >>> 0).toNumber(true) : message.incarnation;
                    if (message.port != null && $Object.hasOwnProperty.call(message, "port"))
                        object.port = message.port;
                    return object;
                };

                Guest.prototype.toJSON = function() {
                    return Guest.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Guest;
            })();

            v1.Session = (function() {

                const Session = function (properties) {
                    this.accept = [];
                    this.reasons = [];
                    this.peerKeys = [];
                    this.pairs = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Session.prototype.peer = "";
                Session.prototype.address = $util.newBuffer([]);
                Session.prototype.udpPort = 0;
                Session.prototype.send = "";
                Session.prototype.accept = $util.emptyArray;
                Session.prototype.generation = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                Session.prototype.reasons = $util.emptyArray;
                Session.prototype.none = false;
                Session.prototype.peerIdentity = $util.newBuffer([]);
                Session.prototype.peerKeys = $util.emptyArray;
                Session.prototype.pairs = $util.emptyArray;
                Session.prototype.peerGni6Prefix = $util.newBuffer([]);

                Session.create = function(properties) {
                    return new Session(properties);
                };

                Session.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.peer != null && $Object.hasOwnProperty.call(message, "peer") && message.peer !== "")
                        writer.uint32(10).string(message.peer);
                    if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address.length)
                        writer.uint32(18).bytes(message.address);
                    if (message.udpPort != null && $Object.hasOwnProperty.call(message, "udpPort") && message.udpPort !== 0)
                        writer.uint32(24).uint32(message.udpPort);
                    if (message.send != null && $Object.hasOwnProperty.call(message, "send") && message.send !== "")
                        writer.uint32(34).string(message.send);
                    if (message.accept != null && message.accept.length)
                        for (let i = 0; i < message.accept.length; ++i)
                            writer.uint32(42).string(message.accept[i]);
                    if (message.generation != null && $Object.hasOwnProperty.call(message, "generation") && (typeof message.generation === "object" ? message.generation.low || message.generation.high : message.generation !== 0))
                        writer.uint32(48).uint64(message.generation);
                    if (message.reasons != null && message.reasons.length)
                        for (let i = 0; i < message.reasons.length; ++i)
                            writer.uint32(58).string(message.reasons[i]);
                    if (message.none != null && $Object.hasOwnProperty.call(message, "none") && message.none !== false)
                        writer.uint32(64).bool(message.none);
                    if (message.peerIdentity != null && $Object.hasOwnProperty.call(message, "peerIdentity") && message.peerIdentity.length)
                        writer.uint32(74).bytes(message.peerIdentity);
                    if (message.peerKeys != null && message.peerKeys.length)
                        for (let i = 0; i < message.peerKeys.length; ++i)
                            $root.weft.control.v1.HostKey.encode(message.peerKeys[i], writer.uint32(82).fork(), _depth + 1).ldelim();
                    if (message.pairs != null && message.pairs.length)
                        for (let i = 0; i < message.pairs.length; ++i)
                            $root.weft.control.v1.PairTerms.encode(message.pairs[i], writer.uint32(90).fork(), _depth + 1).ldelim();
                    if (message.peerGni6Prefix != null && $Object.hasOwnProperty.call(message, "peerGni6Prefix") && message.peerGni6Prefix.length)
                        writer.uint32(98).bytes(message.peerGni6Prefix);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Session.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Session();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.peer = value;
                                else
                                    delete message.peer;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.address = value;
                                else
                                    delete message.address;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.udpPort = value;
                                else
                                    delete message.udpPort;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.send = value;
                                else
                                    delete message.send;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.accept && message.accept.length))
                                    message.accept = [];
                                message.accept.push(reader.stringVerify());
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.generation = value;
                                else
                                    delete message.generation;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.reasons && message.reasons.length))
                                    message.reasons = [];
                                message.reasons.push(reader.stringVerify());
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.none = value;
                                else
                                    delete message.none;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.peerIdentity = value;
                                else
                                    delete message.peerIdentity;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.peerKeys && message.peerKeys.length))
                                    message.peerKeys = [];
                                message.peerKeys.push($root.weft.control.v1.HostKey.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 11: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.pairs && message.pairs.length))
                                    message.pairs = [];
                                message.pairs.push($root.weft.control.v1.PairTerms.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 12: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.peerGni6Prefix = value;
                                else
                                    delete message.peerGni6Prefix;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Session.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Session)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Session: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Session();
                    if (object.peer != null)
                        if (typeof object.peer !== "string" || object.peer.length)
                            message.peer = $String(object.peer);
                    if (object.address != null)
                        if (object.address.length)
                            if (typeof object.address === "string")
                                $util.base64.decode(object.address, message.address = $util.newBuffer($util.base64.length(object.address)), 0);
                            else if (object.address.length >= 0)
                                message.address = object.address;
                    if (object.udpPort != null)
                        if ($Number(object.udpPort) !== 0)
                            message.udpPort = object.udpPort >>> 0;
                    if (object.send != null)
                        if (typeof object.send !== "string" || object.send.length)
                            message.send = $String(object.send);
                    if (object.accept) {
                        if (!$Array.isArray(object.accept))
                            throw $TypeError(".weft.control.v1.Session.accept: array expected");
                        message.accept = $Array(object.accept.length);
                        for (let i = 0; i < object.accept.length; ++i)
                            message.accept[i] = $String(object.accept[i]);
                    }
                    if (object.generation != null)
                        if (typeof object.generation === "object" ? object.generation.low || object.generation.high : $Number(object.generation) !== 0)
                            if ($util.Long)
                                message.generation = $util.Long.fromValue(object.generation, true);
                            else if (typeof object.generation === "string")
                                message.generation = $parseInt(object.generation, 10);
                            else if (typeof object.generation === "number")
                                message.generation = object.generation;
                            else if (typeof object.generation === "object")
                                message.generation = new $util.LongBits(object.generation.low >>> 0, object.generation.high >>> 0).toNumber(true);
                    if (object.reasons) {
                        if (!$Array.isArray(object.reasons))
                            throw $TypeError(".weft.control.v1.Session.reasons: array expected");
                        message.reasons = $Array(object.reasons.length);
                        for (let i = 0; i < object.reasons.length; ++i)
                            message.reasons[i] = $String(object.reasons[i]);
                    }
                    if (object.none != null)
                        if (object.none)
                            message.none = $Boolean(object.none);
                    if (object.peerIdentity != null)
                        if (object.peerIdentity.length)
                            if (typeof object.peerIdentity === "string")
                                $util.base64.decode(object.peerIdentity, message.peerIdentity = $util.newBuffer($util.base64.length(object.peerIdentity)), 0);
                            else if (object.peerIdentity.length >= 0)
                                message.peerIdentity = object.peerIdentity;
                    if (object.peerKeys) {
                        if (!$Array.isArray(object.peerKeys))
                            throw $TypeError(".weft.control.v1.Session.peerKeys: array expected");
                        message.peerKeys = $Array(object.peerKeys.length);
                        for (let i = 0; i < object.peerKeys.length; ++i) {
                            if (!$util.isObject(object.peerKeys[i]))
                                throw $TypeError(".weft.control.v1.Session.peerKeys: object expected");
                            message.peerKeys[i] = $root.weft.control.v1.HostKey.fromObject(object.peerKeys[i], _depth + 1);
                        }
                    }
                    if (object.pairs) {
                        if (!$Array.isArray(object.pairs))
                            throw $TypeError(".weft.control.v1.Session.pairs: array expected");
                        message.pairs = $Array(object.pairs.length);
                        for (let i = 0; i < object.pairs.length; ++i) {
                            if (!$util.isObject(object.pairs[i]))
                                throw $TypeError(".weft.control.v1.Session.pairs: object expected");
                            message.pairs[i] = $root.weft.control.v1.PairTerms.fromObject(object.pairs[i], _depth + 1);
                        }
                    }
                    if (object.peerGni6Prefix != null)
                        if (object.peerGni6Prefix.length)
                            if (typeof object.peerGni6Prefix === "string")
                                $util.base64.decode(object.peerGni6Prefix, message.peerGni6Prefix = $util.newBuffer($util.base64.length(object.peerGni6Prefix)), 0);
                            else if (object.peerGni6Prefix.length >= 0)
                                message.peerGni6Prefix = object.peerGni6Prefix;
                    return message;
                };

                Session.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults) {
                        object.accept = [];
                        object.reasons = [];
                        object.peerKeys = [];
                        object.pairs = [];
                    }
                    if (options.defaults) {
                        object.peer = "";
                        if (options.bytes === $String)
                            object.address = "";
                        else {
                            object.address = [];
                            if (options.bytes !== $Array)
                                object.address = $util.newBuffer(object.address);
                        }
                        object.udpPort = 0;
                        object.send = "";
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.generation = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.generation = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        object.none = false;
                        if (options.bytes === $String)
                            object.peerIdentity = "";
                        else {
                            object.peerIdentity = [];
                            if (options.bytes !== $Array)
                                object.peerIdentity = $util.newBuffer(object.peerIdentity);
                        }
                        if (options.bytes === $String)
                            object.peerGni6Prefix = "";
                        else {
                            object.peerGni6Prefix = [];
                            if (options.bytes !== $Array)
                                object.peerGni6Prefix = $util.newBuffer(object.peerGni6Prefix);
                        }
                    }
                    if (message.peer != null && $Object.hasOwnProperty.call(message, "peer"))
                        object.peer = message.peer;
                    if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                        object.address = options.bytes === $String ? $util.base64.encode(message.address, 0, message.address.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.address) : message.address;
                    if (message.udpPort != null && $Object.hasOwnProperty.call(message, "udpPort"))
                        object.udpPort = message.udpPort;
                    if (message.send != null && $Object.hasOwnProperty.call(message, "send"))
                        object.send = message.send;
                    if (message.accept && message.accept.length) {
                        object.accept = $Array(message.accept.length);
                        for (let j = 0; j < message.accept.length; ++j)
                            object.accept[j] = message.accept[j];
                    }
                    if (message.generation != null && $Object.hasOwnProperty.call(message, "generation"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.generation = typeof message.generation === "number" ? $BigInt(message.generation) : $util.Long.fromBits(message.generation.low >>> 0, message.generation.high >>> 0, true).toBigInt();
                        else if (typeof message.generation === "number")
                            object.generation = options.longs === $String ? $String(message.generation) : message.generation;
                        else
                            object.generation = options.longs === $String ? $util.Long.prototype.toString.call(message.generation) : options.longs === $Number ? new $util.LongBits(message.generation.low >>> 0, message.generation.high >>> 0).toNumber(true) : message.generation;
                    if (message.reasons && message.reasons.length) {
                        object.reasons = $Array(message.reasons.length);
                        for (let j = 0; j < message.reasons.length; ++j)
                            object.reasons[j] = message.reasons[j];
                    }
                    if (message.none != null && $Object.hasOwnProperty.call(message, "none"))
                        object.none = message.none;
                    if (message.peerIdentity != null && $Object.hasOwnProperty.call(message, "peerIdentity"))
                        object.peerIdentity = options.bytes === $String ? $util.base64.encode(message.peerIdentity, 0, message.peerIdentity.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.peerIdentity) : message.peerIdentity;
                    if (message.peerKeys && message.peerKeys.length) {
                        object.peerKeys = $Array(message.peerKeys.length);
                        for (let j = 0; j < message.peerKeys.length; ++j)
                            object.peerKeys[j] = $root.weft.control.v1.HostKey.toObject(message.peerKeys[j], options, _depth + 1);
                    }
                    if (message.pairs && message.pairs.length) {
                        object.pairs = $Array(message.pairs.length);
                        for (let j = 0; j < message.pairs.length; ++j)
                            object.pairs[j] = $root.weft.control.v1.PairTerms.toObject(message.pairs[j], options, _depth + 1);
                    }
                    if (message.peerGni6Prefix != null && $Object.hasOwnProperty.call(message, "peerGni6Prefix"))
                        object.peerGni6Prefix = options.bytes === $String ? $util.base64.encode(message.peerGni6Prefix, 0, message.peerGni6Prefix.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.peerGni6Prefix) : message.peerGni6Prefix;
                    return object;
                };

                Session.prototype.toJSON = function() {
                    return Session.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Session;
            })();

            v1.PairTerms = (function() {

                const PairTerms = function (properties) {
                    this.accept = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                PairTerms.prototype.gni = 0;
                PairTerms.prototype.own = $util.newBuffer([]);
                PairTerms.prototype.theirs = $util.newBuffer([]);
                PairTerms.prototype.send = "";
                PairTerms.prototype.accept = $util.emptyArray;
                PairTerms.prototype.none = false;

                PairTerms.create = function(properties) {
                    return new PairTerms(properties);
                };

                PairTerms.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni") && message.gni !== 0)
                        writer.uint32(8).uint32(message.gni);
                    if (message.own != null && $Object.hasOwnProperty.call(message, "own") && message.own.length)
                        writer.uint32(18).bytes(message.own);
                    if (message.theirs != null && $Object.hasOwnProperty.call(message, "theirs") && message.theirs.length)
                        writer.uint32(26).bytes(message.theirs);
                    if (message.send != null && $Object.hasOwnProperty.call(message, "send") && message.send !== "")
                        writer.uint32(34).string(message.send);
                    if (message.accept != null && message.accept.length)
                        for (let i = 0; i < message.accept.length; ++i)
                            writer.uint32(42).string(message.accept[i]);
                    if (message.none != null && $Object.hasOwnProperty.call(message, "none") && message.none !== false)
                        writer.uint32(48).bool(message.none);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                PairTerms.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.PairTerms();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.gni = value;
                                else
                                    delete message.gni;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.own = value;
                                else
                                    delete message.own;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.theirs = value;
                                else
                                    delete message.theirs;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.send = value;
                                else
                                    delete message.send;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.accept && message.accept.length))
                                    message.accept = [];
                                message.accept.push(reader.stringVerify());
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.none = value;
                                else
                                    delete message.none;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                PairTerms.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.PairTerms)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.PairTerms: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.PairTerms();
                    if (object.gni != null)
                        if ($Number(object.gni) !== 0)
                            message.gni = object.gni >>> 0;
                    if (object.own != null)
                        if (object.own.length)
                            if (typeof object.own === "string")
                                $util.base64.decode(object.own, message.own = $util.newBuffer($util.base64.length(object.own)), 0);
                            else if (object.own.length >= 0)
                                message.own = object.own;
                    if (object.theirs != null)
                        if (object.theirs.length)
                            if (typeof object.theirs === "string")
                                $util.base64.decode(object.theirs, message.theirs = $util.newBuffer($util.base64.length(object.theirs)), 0);
                            else if (object.theirs.length >= 0)
                                message.theirs = object.theirs;
                    if (object.send != null)
                        if (typeof object.send !== "string" || object.send.length)
                            message.send = $String(object.send);
                    if (object.accept) {
                        if (!$Array.isArray(object.accept))
                            throw $TypeError(".weft.control.v1.PairTerms.accept: array expected");
                        message.accept = $Array(object.accept.length);
                        for (let i = 0; i < object.accept.length; ++i)
                            message.accept[i] = $String(object.accept[i]);
                    }
                    if (object.none != null)
                        if (object.none)
                            message.none = $Boolean(object.none);
                    return message;
                };

                PairTerms.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.accept = [];
                    if (options.defaults) {
                        object.gni = 0;
                        if (options.bytes === $String)
                            object.own = "";
                        else {
                            object.own = [];
                            if (options.bytes !== $Array)
                                object.own = $util.newBuffer(object.own);
                        }
                        if (options.bytes === $String)
                            object.theirs = "";
                        else {
                            object.theirs = [];
                            if (options.bytes !== $Array)
                                object.theirs = $util.newBuffer(object.theirs);
                        }
                        object.send = "";
                        object.none = false;
                    }
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni"))
                        object.gni = message.gni;
                    if (message.own != null && $Object.hasOwnProperty.call(message, "own"))
                        object.own = options.bytes === $String ? $util.base64.encode(message.own, 0, message.own.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.own) : message.own;
                    if (message.theirs != null && $Object.hasOwnProperty.call(message, "theirs"))
                        object.theirs = options.bytes === $String ? $util.base64.encode(message.theirs, 0, message.theirs.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.theirs) : message.theirs;
                    if (message.send != null && $Object.hasOwnProperty.call(message, "send"))
                        object.send = message.send;
                    if (message.accept && message.accept.length) {
                        object.accept = $Array(message.accept.length);
                        for (let j = 0; j < message.accept.length; ++j)
                            object.accept[j] = message.accept[j];
                    }
                    if (message.none != null && $Object.hasOwnProperty.call(message, "none"))
                        object.none = message.none;
                    return object;
                };

                PairTerms.prototype.toJSON = function() {
                    return PairTerms.toObject(this, $protobuf.util.toJSONOptions);
                };

                return PairTerms;
            })();

            v1.Mapping = (function() {

                const Mapping = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Mapping.prototype.gni = 0;
                Mapping.prototype.address = $util.newBuffer([]);
                Mapping.prototype.host = "";
                Mapping.prototype.guest = "";
                Mapping.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
                Mapping.prototype.mac = $util.newBuffer([]);

                Mapping.create = function(properties) {
                    return new Mapping(properties);
                };

                Mapping.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni") && message.gni !== 0)
                        writer.uint32(8).uint32(message.gni);
                    if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address.length)
                        writer.uint32(18).bytes(message.address);
                    if (message.host != null && $Object.hasOwnProperty.call(message, "host") && message.host !== "")
                        writer.uint32(26).string(message.host);
                    if (message.guest != null && $Object.hasOwnProperty.call(message, "guest") && message.guest !== "")
                        writer.uint32(34).string(message.guest);
                    if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                        writer.uint32(40).uint64(message.version);
                    if (message.mac != null && $Object.hasOwnProperty.call(message, "mac") && message.mac.length)
                        writer.uint32(50).bytes(message.mac);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Mapping.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.weft.control.v1.Mapping();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.gni = value;
                                else
                                    delete message.gni;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.address = value;
                                else
                                    delete message.address;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.host = value;
                                else
                                    delete message.host;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.guest = value;
                                else
                                    delete message.guest;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.version = value;
                                else
                                    delete message.version;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.mac = value;
                                else
                                    delete message.mac;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                Mapping.fromObject = function (object, _depth) {
                    if (object instanceof $root.weft.control.v1.Mapping)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".weft.control.v1.Mapping: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.weft.control.v1.Mapping();
                    if (object.gni != null)
                        if ($Number(object.gni) !== 0)
                            message.gni = object.gni >>> 0;
                    if (object.address != null)
                        if (object.address.length)
                            if (typeof object.address === "string")
                                $util.base64.decode(object.address, message.address = $util.newBuffer($util.base64.length(object.address)), 0);
                            else if (object.address.length >= 0)
                                message.address = object.address;
                    if (object.host != null)
                        if (typeof object.host !== "string" || object.host.length)
                            message.host = $String(object.host);
                    if (object.guest != null)
                        if (typeof object.guest !== "string" || object.guest.length)
                            message.guest = $String(object.guest);
                    if (object.version != null)
                        if (typeof object.version === "object" ? object.version.low || object.version.high : $Number(object.version) !== 0)
                            if ($util.Long)
                                message.version = $util.Long.fromValue(object.version, true);
                            else if (typeof object.version === "string")
                                message.version = $parseInt(object.version, 10);
                            else if (typeof object.version === "number")
                                message.version = object.version;
                            else if (typeof object.version === "object")
                                message.version = new $util.LongBits(object.version.low >>> 0, object.version.high >>> 0).toNumber(true);
                    if (object.mac != null)
                        if (object.mac.length)
                            if (typeof object.mac === "string")
                                $util.base64.decode(object.mac, message.mac = $util.newBuffer($util.base64.length(object.mac)), 0);
                            else if (object.mac.length >= 0)
                                message.mac = object.mac;
                    return message;
                };

                Mapping.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.gni = 0;
                        if (options.bytes === $String)
                            object.address = "";
                        else {
                            object.address = [];
                            if (options.bytes !== $Array)
                                object.address = $util.newBuffer(object.address);
                        }
                        object.host = "";
                        object.guest = "";
                        if ($util.Long) {
                            let long = new $util.Long(0, 0, true);
                            object.version = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                        } else
                            object.version = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                        if (options.bytes === $String)
                            object.mac = "";
                        else {
                            object.mac = [];
                            if (options.bytes !== $Array)
                                object.mac = $util.newBuffer(object.mac);
                        }
                    }
                    if (message.gni != null && $Object.hasOwnProperty.call(message, "gni"))
                        object.gni = message.gni;
                    if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                        object.address = options.bytes === $String ? $util.base64.encode(message.address, 0, message.address.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.address) : message.address;
                    if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
                        object.host = message.host;
                    if (message.guest != null && $Object.hasOwnProperty.call(message, "guest"))
                        object.guest = message.guest;
                    if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                        if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                            object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, true).toBigInt();
                        else if (typeof message.version === "number")
                            object.version = options.longs === $String ? $String(message.version) : message.version;
                        else
                            object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber(true) : message.version;
                    if (message.mac != null && $Object.hasOwnProperty.call(message, "mac"))
                        object.mac = options.bytes === $String ? $util.base64.encode(message.mac, 0, message.mac.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.mac) : message.mac;
                    return object;
                };

                Mapping.prototype.toJSON = function() {
                    return Mapping.toObject(this, $protobuf.util.toJSONOptions);
                };

                return Mapping;
            })();

            return v1;
        })();

        return control;
    })();

    return weft;
})();

export {
  $root as default
};
