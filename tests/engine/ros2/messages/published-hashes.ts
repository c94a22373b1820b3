// Type hashes as ROS 2 itself has made them: generated sources (*__description.c) of control_msgs (built from source in
// saahu27/aprs), std_srvs, action_msgs, rcl_interfaces, type_description_interfaces (kilted, in hpmicro/hpm_sdk) and
// rmw_dds_common; metadata of bags and key expressions of rmw_zenoh for the others.

export const MESSAGE_HASHES: Readonly<Record<string, string>> = {
  'std_msgs/msg/String': 'df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18',
  'std_msgs/msg/Header': 'f49fb3ae2cf070f793645ff749683ac6b06203e41c891e17701b1cb597ce6a01',
  'builtin_interfaces/msg/Time': 'b106235e25a4c5ed35098aa0a61a3ee9c9b18d197f398b0e4206cea9acf9c197',
  'builtin_interfaces/msg/Duration': 'e8d009f659816f758b75334ee1a9ca5b5c0b859843261f14c7f937349599d93b',
  'geometry_msgs/msg/Twist': '9c45bf16fe0983d80e3cfe750d6835843d265a9a6c46bd2e609fcddde6fb8d2a',
  'geometry_msgs/msg/TwistStamped': '5f0fcd4f81d5d06ad9b4c4c63e3ea51b82d6ae4d0558f1d475229b1121db6f64',
  'geometry_msgs/msg/Quaternion': '8a765f66778c8ff7c8ab94afcc590a2ed5325a1d9a076ffff38fbce36f458684',
  'geometry_msgs/msg/Transform': 'beb83fbe698636351461f6f35d1abb20010c43d55374d81bd041f1ba2581fddc',
  'geometry_msgs/msg/Vector3': 'cc12fe83e4c02719f1ce8070bfd14aecd40f75a96696a67a2a1f37f7dbb0765d',
  'nav_msgs/msg/Odometry': '3cc97dc7fb7502f8714462c526d369e35b603cfc34d946e3f2eda2766dfec6e0',
  'rosgraph_msgs/msg/Clock': '692f7a66e93a3c83e71765d033b60349ba68023a8c689a79e48078bcb5c58564',
  'diagnostic_msgs/msg/KeyValue': 'd68081eaa540288c5440753baecef0c4e16e81a5f78ad68902ded5100413bb42',
  'sensor_msgs/msg/Range': 'b42b62562e93cbfe9d42b82fe5994dfa3d63d7d5c90a317981703f7388adff3a',
  'sensor_msgs/msg/JointState': 'a13ee3a330e346c9d87b5aa18d24e11690752bd33a0350f11c5882bc9179260e',
  'trajectory_msgs/msg/JointTrajectory': '179b33eba59d676f6d967ac71fe35e7ca2f64b2f3928f4a018cec115e213796e',
  'trajectory_msgs/msg/JointTrajectoryPoint': 'de8907036d8bd45aac6f30cc9044a3d4a329c42cbf719aff7d95a584cfa532d7',
  'trajectory_msgs/msg/MultiDOFJointTrajectory': '3a18fd095292a65cfde8833c72985a30af981f3ec44494655c6267262b443a4a',
  'trajectory_msgs/msg/MultiDOFJointTrajectoryPoint':
    '6ada1085b5ee64eaa069b074968e69f0e27c8c5e6f5bb0586dd1c834ef0e32b8',
  'unique_identifier_msgs/msg/UUID': '1b8e8aca958cbea28fe6ef60bf6c19b683c97a9ef60bb34752067d0f2f7ab437',
  'service_msgs/msg/ServiceEventInfo': '41bcbbe07a75c9b52bc96bfd5c24d7f0fc0a08c0cb7921b3373c5732345a6f45',
  'control_msgs/msg/JointTolerance': 'c254f9cece0f3b733017b6990fd46d1326e25242d6b8844398c97d9a88e7d648',
  'control_msgs/msg/JointComponentTolerance': '739ea7566931944d33830fa10f1bf5e7a7fbdc3172bce7a7eaac642bd6e3ffa4',
  'control_msgs/msg/JointJog': 'ba249455a20f70168a1acb7bf43b776b72ff1f7eb5fc4cfea443f749e963c6e7',
  'rmw_dds_common/msg/Gid': 'ab6f21cfbb0a6dbb837161e1110c2051a2850ed9f9c53944d7115d9bcebedf71',
  'rmw_dds_common/msg/NodeEntitiesInfo': '8ffef65ee2d088c63b1e8fcd31e800ba9fc8dbe0ee15ca60d1676de5218087a7',
  'action_msgs/msg/GoalInfo': '6398fe763154554353930716b225947f93b672f0fb2e49fdd01bb7a7e37933e9',
  'rcl_interfaces/msg/ParameterValue': '115fc089a387e23c7ecd3525c9189c379109119d6ab82e8dfbde0fdf6a7f9b68',
  'rcl_interfaces/msg/ParameterDescriptor': '52175dbfda6c51153101d33d2a9da05743f66f02d5ab2ca9ec4709b46b73d704',
  'rcl_interfaces/msg/FloatingPointRange': 'e6af23a23c177fee5f3075c8b1e435162a9b63c863d78c06017460b49684262d',
  'rcl_interfaces/msg/IntegerRange': 'f7b7fdc0f65f07702e099218e13288c3963bcb9345bde78b560e6cd19800fc5a',
  'type_description_interfaces/msg/FieldType': 'a70b6dd919645a03a3586f7f821defbc886ea3e531a1d95cc0f380a3973ccaa6',
  'type_description_interfaces/msg/TypeDescription': '739f2508c9fa3a6f330913ff5b9d25fb74159a077da71e1087f51a60c12a080b',
  'type_description_interfaces/msg/TypeSource': 'faeaec7596c04ecf5b6e99ad225e4c7cbb997ad5435f793526fb3984d011aae5',
  'control_msgs/action/FollowJointTrajectory_Goal': '8a9060704b269608f5a340934cc26e66869dd14bdac29e2e7fd9ec8b9882d205',
  'control_msgs/action/FollowJointTrajectory_Result':
    '8002e99ed2c14c6faa522f2a93c26d744c5982f254f9e98ff9c6f19789bdb220',
  'control_msgs/action/FollowJointTrajectory_Feedback':
    '3fd0aaecf71725121ae1ff7f01098a5e0da581e672be18a6b2c286cb43d96b49',
  'control_msgs/action/FollowJointTrajectory_SendGoal_Request':
    '179c93691f1f6d1d115881ff88c3917b7cc6eac2ba4bf56766cc7c4389e19ef1',
  'control_msgs/action/FollowJointTrajectory_SendGoal_Response':
    'e6a48ba740ae254500129a877f0b071be8663a115da1a539b74599cc97921fbf',
  'control_msgs/action/FollowJointTrajectory_SendGoal_Event':
    '906dd566308db02673c73c654f69bdd84738589629c1bc2841ddb49059ed1c6f',
  'control_msgs/action/FollowJointTrajectory_GetResult_Request':
    'ecf7ea8463d3beec7084bca75216d0b01b87b6e1e4e09679bb26093041efcbe9',
  'control_msgs/action/FollowJointTrajectory_GetResult_Response':
    '08eefbaa146ce02ba45898d5e99160afd6c4c54a30d159aee0f2ca6035b1580f',
  'control_msgs/action/FollowJointTrajectory_GetResult_Event':
    '43161a489e52daaa5bbc2fa74f73f1804d099574fcf8f819170807d75472662a',
  'control_msgs/action/FollowJointTrajectory_FeedbackMessage':
    '80398fcb9674a79081a9906e2ccf0c804dd7cb15e22e362e606ee87186beab71',
  'std_srvs/srv/Trigger_Request': 'd010825374ce8918e72bfd826c82603e60f45419e932ea976f807b74a863a199',
  'std_srvs/srv/Trigger_Response': '2d946c21e2fc3f1e9ca6986a8191d85fcc70097a8bb7771a053564bc47009cdf',
  'action_msgs/srv/CancelGoal_Event': '178f81615ce6be41ad328211d7a56b08b00e73f41f0b8aec256b2f3ff97a5e7e',
  'sensor_msgs/msg/NavSatStatus': 'd1ed3befa628e09571bd273b888ba1c1fd187c9a5e0006b385d7e5e9095a3204',
  'sensor_msgs/msg/MagneticField': 'e80f32f56a20486c9923008fc1a1db07bbb273cbbf6a5b3bfa00835ee00e4dff',
  'sensor_msgs/msg/RelativeHumidity': '8687c99b4fb393cb2e545e407b5ea7fd0b5d8960bcd849a0f86c544740138839',
  'sensor_msgs/msg/LaserEcho': '0fbc05a0db7d37fe52c0f0375356db55da0046f7ef5bd27ca6b34bd0582bc952',
  'sensor_msgs/msg/CameraInfo': 'b3dfd68ff46c9d56c80fd3bd4ed22c7a4ddce8c8348f2f59c299e73118e7e275',
  'sensor_msgs/msg/Joy': '0d356c79cad3401e35ffeb75a96a96e08be3ef896b8b83841d73e890989372c5',
  'sensor_msgs/msg/Imu': '7d9a00ff131080897a5ec7e26e315954b8eae3353c3f995c55faf71574000b5b',
  'sensor_msgs/msg/MultiEchoLaserScan': 'ba5eac341cd5bbb2701527aa4568e8baec172b69cadb9a1945d6f149d087ee48',
  'sensor_msgs/msg/PointCloud': '614593df71d3c2b9bd4604a71b750fd218f0d65c045ea988b713719455a65b3b',
  'sensor_msgs/msg/PointField': '5c6a4750728c2bcfbbf7037225b20b02d4429634732146b742dee1726637ef01',
  'sensor_msgs/msg/CompressedImage': '15640771531571185e2efc8a100baf923961a4d15d5569652e6cb6691e8e371a',
  'sensor_msgs/msg/NavSatFix': '62223ab3fe210a15976021da7afddc9e200dc9ec75231c1b6a557fc598a65404',
  'sensor_msgs/msg/PointCloud2': '9198cabf7da3796ae6fe19c4cb3bdd3525492988c70522628af5daa124bae2b5',
  'sensor_msgs/msg/JoyFeedback': '231dd362f71d6fc08272770d07120ad5fe5874ce2dbac70109b28986834290cd',
  'sensor_msgs/msg/MultiDOFJointState': '4d4ded702cfba7ff3ec783835c1a1425f75e53939a430ff355d1fee4b3bbc40b',
  'sensor_msgs/msg/BatteryState': '4bee5dfce981c98faa6828b868307a0a73f992ed0789f374ee96c8f840e69741',
  'sensor_msgs/msg/Image': 'd31d41a9a4c4bc8eae9be757b0beed306564f7526c88ea6a4588fb9582527d47',
  'sensor_msgs/msg/LaserScan': '64c191398013af96509d518dac71d5164f9382553fce5c1f8cca5be7924bd828',
  'geometry_msgs/msg/PoseStamped': '10f3786d7d40fd2b54367835614bff85d4ad3b5dab62bf8bca0cc232d73b4cd8',
  'geometry_msgs/msg/PoseWithCovarianceStamped': '26432f9803e43727d3c8f668d1fdb3c630f548af631e2f4e31382371bfea3b6e',
  'geometry_msgs/msg/TwistWithCovarianceStamped': '77b67434531e6529b7a0091357b186b6ebdb17fd9ffd3e0c7ce9d3fb11a44563',
  'std_msgs/msg/Float64MultiArray': '1025ddc6b9552d191f89ef1a8d2f60f3d373e28b283d8891ddcc974e8c55397f',
  'diagnostic_msgs/msg/DiagnosticStatus': 'b0e3e692ea2d54a8af2f4ef1930e81556a2db55216b771f8a7d2724ed47bf0e4',
};

export const SERVICE_HASHES: Readonly<Record<string, string>> = {
  'example_interfaces/srv/AddTwoInts': 'e118de6bf5eeb66a2491b5bda11202e7b68f198d6f67922cf30364858239c81a',
  'std_srvs/srv/SetBool': 'abe9e4bb6b41b40e6789712c00ec8871923e089af3f667a79992a428cff2da0a',
  'std_srvs/srv/Trigger': 'eeff2cd6fa5ad9d27cdf4dec64818317839b62f212a91e6b5304b634b2062c5f',
  'action_msgs/srv/CancelGoal': '573d8b0a534451d7bc2ac8c5ffde8ac14b8593b7001175d0cd6516dcbeb8689a',
  'rcl_interfaces/srv/GetParameters': 'bf9803d5c74cf989a5de3e0c2e99444599a627c7ff75f97b8c05b01003675cbc',
  'rcl_interfaces/srv/DescribeParameters': '845b484d71eb0673dae682f2e3ba3c4851a65a3dcfb97bddd82c5b57e91e4cff',
  'type_description_interfaces/srv/GetTypeDescription':
    '69b9c19c1021405984cc60dbbb1edceb147a6538b411d812ba6afabeed962cd5',
};

export const FOLLOW_JOINT_TRAJECTORY = {
  action: '738ebcb7a2d7cfa42f9f1001cc99ce3a4383d1cfe508015d9be8485e4b1c66f6',
  sendGoal: 'b13789dddc325a7a962825c45e28c77d37237ec129dd0c34dc5994562938c57f',
  getResult: 'e3ceb38e3e1867c8dc0f46014df26e90eb93422f27e9e97f936e07f94be4bc8b',
} as const;

/** control_msgs 5.0 to 5.2, before the speed scaling factor came. */
export const CONTROLLER_STATE_BEFORE_SPEED_SCALING = '6cb9ac0858fc11b54bd6c0a46f032ea243c16856182276d8eb0875f6ce6a8335';
